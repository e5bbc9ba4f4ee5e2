package org.convoy.task;

import java.util.List;
import org.convoy.metrics.ConfusionMatrix;

/** A part of the report that a task contributes. */
public sealed interface Section {

  /** The heading. */
  String title();

  /**
   * The confusion matrix.
   *
   * @param classes names of the classes
   */
  record Confusions(List<String> classes, ConfusionMatrix counts) implements Section {
    /** Copies the list. */
    public Confusions {
      classes = List.copyOf(classes);
    }

    @Override
    public String title() {
      return "Confusion matrix";
    }
  }

  /**
   * A table of texts.
   *
   * @param caption what the table shows
   * @param columns headings; the first column names the row
   */
  record Table(String title, String caption, List<String> columns, List<List<String>> rows)
      implements Section {
    /** Copies the lists. */
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
