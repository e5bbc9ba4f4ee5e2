package org.convoy.artifact.onnx;

import java.util.List;
import org.nd4j.shade.protobuf.DescriptorProtos.DescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.EnumDescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import org.nd4j.shade.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import org.nd4j.shade.protobuf.DescriptorProtos.FileDescriptorProto;
import org.nd4j.shade.protobuf.Descriptors.Descriptor;
import org.nd4j.shade.protobuf.Descriptors.DescriptorValidationException;
import org.nd4j.shade.protobuf.Descriptors.EnumValueDescriptor;
import org.nd4j.shade.protobuf.Descriptors.FileDescriptor;
import org.nd4j.shade.protobuf.DynamicMessage;
import org.nd4j.shade.protobuf.TextFormat;
import org.nd4j.shade.protobuf.TextFormat.ParseException;

/**
 * The parts of Triton's {@code model_config.proto} (r25) that Convoy writes, under Triton's names,
 * numbers and types. The text reader of protocol buffers refuses every other field and value.
 */
final class TritonConfig {
  private final DynamicMessage message;

  private TritonConfig(DynamicMessage message) {
    this.message = message;
  }

  static TritonConfig parse(String text) throws ParseException, DescriptorValidationException {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(description());
    TextFormat.merge(text, builder);
    return new TritonConfig(builder.build());
  }

  private static Descriptor description() throws DescriptorValidationException {
    EnumDescriptorProto types =
        EnumDescriptorProto.newBuilder()
            .setName("DataType")
            .addValue(value("TYPE_INVALID", 0))
            .addValue(value("TYPE_UINT8", 2))
            .addValue(value("TYPE_FP32", 11))
            .build();
    DescriptorProto input =
        DescriptorProto.newBuilder()
            .setName("ModelInput")
            .addField(one("name", 1, Type.TYPE_STRING))
            .addField(one("data_type", 2, Type.TYPE_ENUM).setTypeName("DataType"))
            .addField(one("dims", 4, Type.TYPE_INT64).setLabel(Label.LABEL_REPEATED))
            .build();
    DescriptorProto output =
        DescriptorProto.newBuilder()
            .setName("ModelOutput")
            .addField(one("name", 1, Type.TYPE_STRING))
            .addField(one("data_type", 2, Type.TYPE_ENUM).setTypeName("DataType"))
            .addField(one("dims", 3, Type.TYPE_INT64).setLabel(Label.LABEL_REPEATED))
            .addField(one("label_filename", 4, Type.TYPE_STRING))
            .build();
    DescriptorProto model =
        DescriptorProto.newBuilder()
            .setName("ModelConfig")
            .addField(one("max_batch_size", 4, Type.TYPE_INT32))
            .addField(many("input", 5, "ModelInput"))
            .addField(many("output", 6, "ModelOutput"))
            .addField(one("dynamic_batching", 11, Type.TYPE_MESSAGE).setTypeName("DynamicBatching"))
            .addField(one("backend", 17, Type.TYPE_STRING))
            .build();
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("model_config.proto")
            .setSyntax("proto3")
            .addEnumType(types)
            .addMessageType(input)
            .addMessageType(output)
            .addMessageType(DescriptorProto.newBuilder().setName("DynamicBatching"))
            .addMessageType(model)
            .build();
    return FileDescriptor.buildFrom(file, new FileDescriptor[0])
        .findMessageTypeByName("ModelConfig");
  }

  private static EnumValueDescriptorProto value(String name, int number) {
    return EnumValueDescriptorProto.newBuilder().setName(name).setNumber(number).build();
  }

  private static FieldDescriptorProto.Builder one(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  private static FieldDescriptorProto.Builder many(String name, int number, String type) {
    return one(name, number, Type.TYPE_MESSAGE).setLabel(Label.LABEL_REPEATED).setTypeName(type);
  }

  /** A field of the model. */
  Object get(String field) {
    return get(message, field);
  }

  /** A field of the model's only input or output. */
  Object get(String list, String field) {
    List<?> all = (List<?>) get(list);
    if (all.size() != 1) {
      throw new IllegalStateException("expected one " + list + ", got " + all.size());
    }
    Object value = get((DynamicMessage) all.get(0), field);
    return value instanceof EnumValueDescriptor constant ? constant.getName() : value;
  }

  boolean has(String field) {
    return message.hasField(message.getDescriptorForType().findFieldByName(field));
  }

  private static Object get(DynamicMessage message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }
}
