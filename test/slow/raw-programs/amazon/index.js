"use strict";
module.exports = {
  ...require("./web-server"),
  ...require("./lambda"),
  ...require("./website"),
};
