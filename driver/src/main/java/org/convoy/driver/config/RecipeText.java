package org.convoy.driver.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.convoy.image.transform.Size;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;
import org.jspecify.annotations.Nullable;

/** Writes settings as text. The text is canonical, because keys have the order of the records. */
final class RecipeText {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
  private static final Pattern BARE = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]*");
  private static final List<String> WORDS = List.of("true", "false", "null", "include");

  private RecipeText() {}

  /**
   * The record as maps, lists, texts, numbers and booleans, with keys in the order of the record.
   */
  static Map<String, Object> tree(Record settings, boolean withIncidental) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      if (withIncidental || !component.isAnnotationPresent(Incidental.class)) {
        Object value = read(component, settings);
        boolean auto = component.isAnnotationPresent(OrAuto.class) && value.equals(0);
        tree.put(Variants.kebab(component.getName()), auto ? "auto" : node(value, withIncidental));
      }
    }
    return tree;
  }

  private static Object node(Object value, boolean withIncidental) {
    if (value instanceof Size size) {
      return size.isSquare() ? size.height() : size.sides();
    } else if (value instanceof Record choice && Variants.isOne(choice.getClass())) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("name", Variants.name(choice.getClass()));
      tree.putAll(tree(choice, withIncidental));
      return tree;
    } else if (value instanceof Record nested) {
      return tree(nested, withIncidental);
    } else if (value instanceof List<?> list) {
      return list.stream().map(element -> element(element, withIncidental)).toList();
    } else if (value instanceof Enum<?> choice) {
      return Names.ofConstant(choice);
    } else if (value instanceof Double number) {
      return new BigDecimal(Checks.number(number));
    }
    return value;
  }

  /** In a list a choice is its name, with its parameters below it if it has any. */
  private static Object element(Object value, boolean withIncidental) {
    if (value instanceof Record choice && Variants.isOne(choice.getClass())) {
      String name = Variants.name(choice.getClass());
      Map<String, Object> parameters = tree(choice, withIncidental);
      return parameters.isEmpty() ? name : Map.of(name, parameters);
    }
    return node(value, withIncidental);
  }

  /** The leaves that differ, and the leaves that only one tree has because its choice differs. */
  static List<String> differences(Map<?, ?> here, Map<?, ?> there) {
    List<String> all = new ArrayList<>();
    here.forEach(
        (key, value) -> {
          Object other = there.get(key);
          if (value instanceof Map<?, ?> section && other instanceof Map<?, ?> otherSection) {
            differences(section, otherSection).forEach(each -> all.add(key + "." + each));
          } else if (!value.equals(other)) {
            all.add(
                String.format(Locale.ROOT, "%s: %s there, %s here", key, text(other), text(value)));
          }
        });
    there.forEach(
        (key, value) -> {
          if (!here.containsKey(key)) {
            all.add(
                String.format(Locale.ROOT, "%s: %s there, %s here", key, text(value), text(null)));
          }
        });
    return all;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "nothing" : inline(value);
  }

  static String json(Map<String, Object> tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings that cannot be written as JSON: " + tree, e);
    }
  }

  static String hocon(Map<String, Object> tree) {
    return members(tree, "");
  }

  private static String members(Map<?, ?> tree, String indent) {
    StringBuilder text = new StringBuilder();
    tree.forEach(
        (key, value) -> {
          text.append(indent).append(key);
          if (value instanceof Map<?, ?> section) {
            text.append(" {\n").append(members(section, indent + "  "));
            text.append(indent).append("}\n");
          } else {
            text.append(" = ").append(inline(value)).append('\n');
          }
        });
    return text.toString();
  }

  private static String inline(Object value) {
    if (value instanceof Map<?, ?> section) {
      return section.entrySet().stream()
          .map(entry -> entry.getKey() + ": " + inline(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    } else if (value instanceof List<?> list) {
      return list.stream().map(RecipeText::inline).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof BigDecimal number) {
      return number.toPlainString();
    } else if (value instanceof String text) {
      return BARE.matcher(text).matches() && !WORDS.contains(text) ? text : quoted(text);
    }
    return value.toString();
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text that cannot be written as JSON: " + text, e);
    }
  }

  static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Object read(RecordComponent component, Record settings) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
