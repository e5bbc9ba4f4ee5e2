package org.convoy.task;

/** What a data set tells of each sample beside its pixels, by name and type. */
public enum Column {
  /** The one class of a sample, a {@link Target.Label}: the folder it lies in. */
  LABEL,
  /** The classes that hold for a sample, a {@link Target.Labels}: from a file of labels. */
  LABELS
}
