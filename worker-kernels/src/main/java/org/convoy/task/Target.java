package org.convoy.task;

import java.util.List;

/** The correct output for one sample: one cell of a {@link Column}. */
public sealed interface Target {

  /** The column that it belongs to. */
  Column column();

  /** The classes that hold, in ascending order. */
  List<Integer> classes();

  /**
   * One class.
   *
   * @param of its number, from 0
   */
  record Label(int of) implements Target {
    @Override
    public Column column() {
      return Column.LABEL;
    }

    @Override
    public List<Integer> classes() {
      return List.of(of);
    }
  }

  /**
   * Any number of classes, or none.
   *
   * @param classes their numbers, ascending, from 0
   */
  record Labels(List<Integer> classes) implements Target {
    /** Copies the list. */
    public Labels {
      classes = List.copyOf(classes);
    }

    @Override
    public Column column() {
      return Column.LABELS;
    }
  }
}
