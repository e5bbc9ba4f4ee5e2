package org.convoy.driver.data;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The classes of a split, numbered in the order in which they were found, and their final order.
 * Not thread-safe.
 */
final class ClassTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<Integer> folders = new ArrayList<>();
  private boolean ordered;
  private boolean stated;

  /** Adds a class, with or without images. Returns its number. */
  int add(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    numbers.put(name, folders.size());
    folders.add(0);
    return folders.size() - 1;
  }

  /** Adds a folder inside a class folder. */
  void addFolder(String name) {
    int number = add(name);
    folders.set(number, folders.get(number) + 1);
  }

  /** Adds the classes of another part of the same listing. Returns the number here of each. */
  int[] addAll(ClassTable other) {
    int[] map = new int[other.numbers.size()];
    other.numbers.forEach(
        (name, number) -> {
          int mine = add(name);
          map[number] = mine;
          folders.set(mine, folders.get(mine) + other.folders.get(number));
        });
    return map;
  }

  Set<String> names() {
    return numbers.keySet();
  }

  /** The number of folders in a class folder. */
  int folders(String name) {
    return folders.get(numbers.getOrDefault(name, 0));
  }

  /** Says that the data states classes and that they are not the names of folders. */
  void areStated() {
    stated = true;
  }

  boolean isStated() {
    return stated;
  }

  /** Orders the classes by the numbers that are their names, in place of by their names' bytes. */
  void orderAsNumbers() {
    List<String> names = new ArrayList<>(numbers.keySet());
    names.sort(Comparator.comparingInt(Integer::parseInt));
    order(names, names);
  }

  /** Gives classes whose names are numbers the names at these places, and this order. */
  void rename(List<String> all) {
    List<String> digits = new ArrayList<>();
    for (int number = 0; number < all.size(); number++) {
      digits.add(Integer.toString(number));
    }
    Map<String, Integer> plain = new HashMap<>();
    numbers.forEach((name, number) -> plain.put(Integer.toString(Integer.parseInt(name)), number));
    digits.forEach(number -> plain.computeIfAbsent(number, this::add));
    numbers.clear();
    numbers.putAll(plain);
    order(digits, all);
  }

  /** Puts classes into an order, under new names. */
  private void order(List<String> keys, List<String> newNames) {
    Map<String, Integer> sorted = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      sorted.put(newNames.get(i), numbers.getOrDefault(keys.get(i), -1));
    }
    numbers.clear();
    numbers.putAll(sorted);
    ordered = true;
  }

  /** The names in label order: as stated, or by their UTF-8 bytes. */
  String[] inOrder() {
    String[] names = numbers.keySet().toArray(String[]::new);
    if (!ordered) {
      Arrays.sort(
          names,
          Comparator.comparing(
              name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    }
    return names;
  }

  /** The label of each class, by its number. */
  int[] labels() {
    String[] names = inOrder();
    int[] labels = new int[names.length];
    for (int label = 0; label < names.length; label++) {
      labels[numbers.getOrDefault(names[label], -1)] = label;
    }
    return labels;
  }
}
