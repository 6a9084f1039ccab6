import { recorded, type RecordedType } from "../recorded.ts";
import type { ResourceModel } from "../model.ts";
import { labelOutputs, labels, predictedLabels } from "./common.ts";

/** A recorded type that carries labels: they are predicted and reported as Google's providers do it. */
export function labelled(type: RecordedType): ResourceModel {
  return recorded({
    ...type,
    fields: { labels, ...type.fields },
    outputs: [...type.outputs, ...labelOutputs],
    secrets: [...(type.secrets ?? []), ...labelOutputs],
    predict: (inputs, config, old) => ({
      ...predictedLabels(inputs, config, old),
      ...type.predict?.(inputs, config, old),
    }),
    report: (inputs, id, context, old) => ({
      ...predictedLabels(inputs, context.config, old),
      ...type.report(inputs, id, context, old),
    }),
  });
}
