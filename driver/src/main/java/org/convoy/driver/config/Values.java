package org.convoy.driver.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.convoy.image.transform.Size;
import org.convoy.settings.Variants;

/**
 * Makes Java values from single configuration values: texts, numbers, booleans, constants, image
 * sizes and lists. A text counts as the number or boolean that it spells, because environment
 * variables and {@code --set} have only texts.
 */
final class Values {
  private final ChoiceBinder choices;
  private final Problems problems;

  Values(ChoiceBinder choices, Problems problems) {
    this.choices = choices;
    this.problems = problems;
  }

  /**
   * The value as the given type. If it is not of this type, the result is empty and a problem is
   * added.
   */
  Optional<?> bind(Type type, String path, ConfigValue value) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return list(list.getActualTypeArguments()[0], path, value);
    } else if (type instanceof Class<?> choice && Variants.areOf(choice)) {
      return choices.ofElement(choice, path, value);
    } else if (type instanceof Class<?> element && element.isRecord() && type != Size.class) {
      return choices.ofRecord(element.asSubclass(Record.class), path, value);
    } else if (type == Size.class) {
      return size(path, value);
    } else if (type instanceof Class<?> choice && choice.isEnum()) {
      return constant(choice, path, value);
    } else if (type == boolean.class) {
      return orProblem(truth(value), path, "true or false", value);
    } else if (type == String.class) {
      return orProblem(text(value), path, "a text", value);
    } else if (type == double.class || type == Double.class) {
      return orProblem(number(value).map(BigDecimal::doubleValue), path, "a number", value);
    } else if (type == int.class || type == Integer.class) {
      return orProblem(whole(value), path, "a whole number", value);
    } else if (type == long.class) {
      Optional<Long> whole = number(value).flatMap(n -> exact(n, BigDecimal::longValueExact));
      return orProblem(whole, path, "a whole number", value);
    }
    throw new IllegalArgumentException("no settings of type " + type + " (" + path + ")");
  }

  private Optional<List<Object>> list(Type element, String path, ConfigValue value) {
    if (!(value instanceof ConfigList list)) {
      problems.add(Problem.at(Origins.of(value), expected(path, "a list", value)), path);
      return Optional.empty();
    }
    List<Object> bound = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      bind(element, path + "[" + i + "]", list.get(i)).ifPresent(bound::add);
    }
    if (bound.size() < list.size()) {
      problems.suspect(path);
      return Optional.empty();
    }
    return Optional.of(bound);
  }

  private Optional<?> constant(Class<?> type, String path, ConfigValue value) {
    List<String> names =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> Names.ofConstant((Enum<?>) constant))
            .toList();
    int found = text(value).map(names::indexOf).orElse(-1);
    if (found >= 0) {
      return Optional.of(type.getEnumConstants()[found]);
    }
    problems.add(wrongName(path, value, names), path);
    return Optional.empty();
  }

  /** The problem of an unknown name, with all known ones. */
  static Problem wrongName(String path, ConfigValue value, List<String> known) {
    String all = known.size() == 1 ? known.get(0) : "one of " + String.join(", ", known);
    return wrongName(path, value, known, all);
  }

  /** The problem of an unknown name; {@code choices} says what is known. */
  static Problem wrongName(String path, ConfigValue value, List<String> known, String choices) {
    return new Problem(
        expected(path, choices, value),
        Origins.of(value),
        text(value).flatMap(name -> Names.nearest(name, known)));
  }

  private Optional<Size> size(String path, ConfigValue value) {
    List<ConfigValue> sides =
        value instanceof ConfigList list && list.size() == 2 ? list : List.of(value, value);
    List<Integer> whole = sides.stream().flatMap(side -> whole(side).stream()).toList();
    String meaning = "a whole number or [height, width], each from 1 to " + Size.MAX_SIDE;
    boolean inRange = whole.stream().allMatch(side -> side >= 1 && side <= Size.MAX_SIDE);
    return orProblem(
        Optional.of(whole).filter(all -> all.size() == 2 && inRange).map(Size::of),
        path,
        meaning,
        value);
  }

  private static Optional<Integer> whole(ConfigValue value) {
    return number(value).flatMap(n -> exact(n, BigDecimal::intValueExact));
  }

  private <T> Optional<T> orProblem(
      Optional<T> bound, String path, String meaning, ConfigValue value) {
    if (bound.isEmpty()) {
      problems.add(Problem.at(Origins.of(value), expected(path, meaning, value)), path);
    }
    return bound;
  }

  static String expected(String path, String meaning, ConfigValue got) {
    String shown = got.render(ConfigRenderOptions.concise());
    return path
        + ": expected "
        + meaning
        + ", got "
        + (shown.length() > 60 ? shown.substring(0, 57) + "..." : shown);
  }

  /** The text of the value, unless it is a section, a list or null. */
  static Optional<String> text(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> Optional.of(value.unwrapped().toString());
      case OBJECT, LIST, NULL -> Optional.empty();
    };
  }

  private static Optional<Boolean> truth(ConfigValue value) {
    return text(value).filter(t -> t.equals("true") || t.equals("false")).map(Boolean::valueOf);
  }

  private static Optional<BigDecimal> number(ConfigValue value) {
    if (value.valueType() == ConfigValueType.BOOLEAN) {
      return Optional.empty();
    }
    return text(value)
        .flatMap(
            text -> {
              try {
                return Optional.of(new BigDecimal(text.strip()));
              } catch (NumberFormatException e) {
                return Optional.empty();
              }
            });
  }

  private static <T> Optional<T> exact(BigDecimal number, Function<BigDecimal, T> conversion) {
    try {
      return Optional.of(conversion.apply(number));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
