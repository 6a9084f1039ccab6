package main

import (
	"context"
	"fmt"
	"sync"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"github.com/bufbuild/protocompile"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// What Pub/Sub adds to a message that it has checked.
// https://docs.cloud.google.com/pubsub/docs/validate-schema-topic
const (
	encodingAttribute = "googclient_schemaencoding"
	nameAttribute     = "googclient_schemaname"
)

// schemas does what pstest leaves out: it compiles Protocol Buffer schemas and checks published messages against the schema of
// their topic. It watches the requests that pstest goes on to answer.
type schemas struct {
	mutex sync.Mutex
	// Revisions of each schema, the oldest first. A message conforms when it conforms to any of them.
	revisions map[string][]protoreflect.MessageDescriptor
	topics    map[string]*pubsubpb.SchemaSettings
}

func newSchemas() *schemas {
	return &schemas{
		revisions: map[string][]protoreflect.MessageDescriptor{},
		topics:    map[string]*pubsubpb.SchemaSettings{},
	}
}

// reactor is one call that is watched; a result other than nil answers it.
type reactor func(request any) (any, error)

func (r reactor) React(request any) (bool, any, error) {
	answer, err := r(request)
	return answer != nil, answer, err
}

func (s *schemas) options() []pstest.ServerReactorOption {
	watched := map[string]reactor{
		"CreateSchema":    s.createSchema,
		"CommitSchema":    s.commitSchema,
		"DeleteSchema":    s.deleteSchema,
		"ValidateSchema":  s.validateSchema,
		"ValidateMessage": s.validateMessage,
		"CreateTopic":     s.createTopic,
		"UpdateTopic":     s.updateTopic,
		"DeleteTopic":     s.deleteTopic,
		"Publish":         s.publish,
	}
	var options []pstest.ServerReactorOption
	for name, react := range watched {
		locked := reactor(func(request any) (any, error) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			return react(request)
		})
		options = append(options, pstest.ServerReactorOption{FuncName: name, Reactor: locked})
	}
	return options
}

func (s *schemas) createSchema(request any) (any, error) {
	create := request.(*pubsubpb.CreateSchemaRequest)
	name := create.Parent + "/schemas/" + create.SchemaId
	if _, exists := s.revisions[name]; exists {
		return nil, status.Errorf(codes.AlreadyExists, "schema %q exists", name)
	}
	return nil, s.addRevision(name, create.Schema)
}

func (s *schemas) commitSchema(request any) (any, error) {
	commit := request.(*pubsubpb.CommitSchemaRequest)
	if _, exists := s.revisions[commit.Name]; !exists {
		return nil, status.Errorf(codes.NotFound, "schema %q is not there", commit.Name)
	}
	return nil, s.addRevision(commit.Name, commit.Schema)
}

func (s *schemas) addRevision(name string, schema *pubsubpb.Schema) error {
	// https://docs.cloud.google.com/pubsub/quotas
	if len(s.revisions[name]) >= 20 {
		return status.Errorf(codes.FailedPrecondition, "schema %q has 20 revisions already", name)
	}
	message, err := compile(schema)
	if err != nil {
		return err
	}
	s.revisions[name] = append(s.revisions[name], message)
	return nil
}

func (s *schemas) deleteSchema(request any) (any, error) {
	delete(s.revisions, request.(*pubsubpb.DeleteSchemaRequest).Name)
	return nil, nil
}

func (s *schemas) validateSchema(request any) (any, error) {
	if _, err := compile(request.(*pubsubpb.ValidateSchemaRequest).Schema); err != nil {
		return nil, err
	}
	return &pubsubpb.ValidateSchemaResponse{}, nil
}

func (s *schemas) validateMessage(request any) (any, error) {
	validate := request.(*pubsubpb.ValidateMessageRequest)
	revisions := s.revisions[validate.GetName()]
	if schema := validate.GetSchema(); schema != nil {
		message, err := compile(schema)
		if err != nil {
			return nil, err
		}
		revisions = []protoreflect.MessageDescriptor{message}
	}
	if len(revisions) == 0 {
		return nil, status.Errorf(codes.NotFound, "schema %q is not there", validate.GetName())
	}
	if err := conforms(validate.Message, validate.Encoding, revisions); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &pubsubpb.ValidateMessageResponse{}, nil
}

func (s *schemas) createTopic(request any) (any, error) {
	topic := request.(*pubsubpb.Topic)
	return nil, s.setTopic(topic.Name, topic.SchemaSettings)
}

func (s *schemas) updateTopic(request any) (any, error) {
	update := request.(*pubsubpb.UpdateTopicRequest)
	for _, path := range update.GetUpdateMask().GetPaths() {
		if path == "schema_settings" {
			return nil, s.setTopic(update.Topic.Name, update.Topic.SchemaSettings)
		}
	}
	return nil, nil
}

func (s *schemas) setTopic(name string, settings *pubsubpb.SchemaSettings) error {
	if settings == nil {
		delete(s.topics, name)
		return nil
	}
	if _, exists := s.revisions[settings.Schema]; !exists {
		return status.Errorf(codes.NotFound, "schema %q is not there", settings.Schema)
	}
	if settings.FirstRevisionId != "" || settings.LastRevisionId != "" {
		return status.Error(codes.Unimplemented, "this Pub/Sub accepts every revision of a schema and no range of them")
	}
	s.topics[name] = settings
	return nil
}

func (s *schemas) deleteTopic(request any) (any, error) {
	delete(s.topics, request.(*pubsubpb.DeleteTopicRequest).Topic)
	return nil, nil
}

func (s *schemas) publish(request any) (any, error) {
	publish := request.(*pubsubpb.PublishRequest)
	settings, checked := s.topics[publish.Topic]
	if !checked {
		return nil, nil
	}
	revisions, exists := s.revisions[settings.Schema]
	if !exists {
		return nil, status.Errorf(codes.InvalidArgument, "the schema of topic %q has been deleted", publish.Topic)
	}
	for _, message := range publish.Messages {
		if err := conforms(message.Data, settings.Encoding, revisions); err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "the message does not conform to %s: %v", settings.Schema, err)
		}
	}
	for _, message := range publish.Messages {
		if message.Attributes == nil {
			message.Attributes = map[string]string{}
		}
		message.Attributes[encodingAttribute] = settings.Encoding.String()
		message.Attributes[nameAttribute] = settings.Schema
	}
	return nil, nil
}

// compile reads a Protocol Buffer schema under Pub/Sub's rules: one top-level message, no imports.
// https://docs.cloud.google.com/pubsub/docs/schemas
func compile(schema *pubsubpb.Schema) (protoreflect.MessageDescriptor, error) {
	if schema.GetType() != pubsubpb.Schema_PROTOCOL_BUFFER {
		return nil, status.Error(codes.Unimplemented, "this Pub/Sub checks schemas of type PROTOCOL_BUFFER only")
	}
	const file = "schema.proto"
	compiler := protocompile.Compiler{
		Resolver: &protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(map[string]string{file: schema.Definition})},
	}
	files, err := compiler.Compile(context.Background(), file)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "invalid schema definition: %v", err)
	}
	compiled := files[0]
	if compiled.Imports().Len() > 0 || compiled.Messages().Len() != 1 || compiled.Enums().Len() > 0 {
		return nil, status.Error(codes.InvalidArgument, "a schema has exactly one top-level type, and no imports")
	}
	return compiled.Messages().Get(0), nil
}

// conforms returns why the message conforms to none of the revisions: what the newest has against it.
func conforms(data []byte, encoding pubsubpb.Encoding, revisions []protoreflect.MessageDescriptor) error {
	var newest error
	for index := len(revisions) - 1; index >= 0; index-- {
		err := decode(data, encoding, dynamicpb.NewMessage(revisions[index]))
		if err == nil {
			return nil
		}
		if newest == nil {
			newest = err
		}
	}
	return newest
}

func decode(data []byte, encoding pubsubpb.Encoding, into proto.Message) error {
	switch encoding {
	case pubsubpb.Encoding_JSON:
		return protojson.Unmarshal(data, into)
	case pubsubpb.Encoding_BINARY:
		return proto.Unmarshal(data, into)
	default:
		return fmt.Errorf("the encoding is %s", encoding)
	}
}
