package org.convoy.driver.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.convoy.settings.Variants;

/** All keys of a recipe. Suggests the key that was probably meant by an unknown one. */
final class KnownKeys {
  private static final Properties SYNONYMS = synonyms();

  private final List<String> paths;

  /**
   * @param root the record of the whole recipe
   */
  KnownKeys(Class<? extends Record> root) {
    this.paths = of(root, "").distinct().toList();
  }

  private static Stream<String> of(Class<?> record, String prefix) {
    return Arrays.stream(record.getRecordComponents())
        .flatMap(component -> of(component, join(prefix, Variants.kebab(component.getName()))));
  }

  private static Stream<String> of(RecordComponent component, String path) {
    Class<?> type = component.getType();
    if (Variants.areOf(type)) {
      Stream<String> options =
          Variants.of(type).values().stream().flatMap(variant -> of(variant, path));
      return Stream.concat(Stream.of(path, path + ".name"), options);
    }
    return type.isRecord() ? Stream.concat(Stream.of(path), of(type, path)) : Stream.of(path);
  }

  /**
   * The key that was probably meant: first the entry of {@code synonyms.properties}, then a near
   * key of the same section, then a key of another section, such as {@code schedule.learning-rate}
   * for {@code learning-rate} at the root.
   *
   * @param section section of the unknown key, empty for the root
   * @param key the unknown key in it
   * @param siblings known keys of the section
   */
  Optional<String> nearest(String section, String key, List<String> siblings) {
    String plain = Names.plain(key);
    boolean sibling = siblings.stream().map(Names::plain).anyMatch(plain::equals);
    String synonym = SYNONYMS.getProperty(plain);
    if (synonym != null && !sibling) {
      return Optional.of(synonym).filter(path -> isOther(path, section, key));
    }
    return Names.nearest(key, siblings)
        .map(name -> join(section, name))
        .or(() -> elsewhere(key).filter(path -> isOther(path, section, key)));
  }

  private static boolean isOther(String path, String section, String key) {
    return !path.isEmpty() && !path.equals(join(section, key));
  }

  private static Properties synonyms() {
    Properties synonyms = new Properties();
    try (InputStream in = KnownKeys.class.getResourceAsStream("synonyms.properties")) {
      if (in == null) {
        throw new IllegalStateException("synonyms.properties is not in the jar");
      }
      synonyms.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return synonyms;
  }

  private Optional<String> elsewhere(String key) {
    List<String> names =
        paths.stream().map(path -> path.substring(path.lastIndexOf('.') + 1)).toList();
    return Names.nearest(key, names).map(name -> paths.get(names.indexOf(name)));
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
