package org.convoy.task;

/** A column of a data set: what it states about each sample, in addition to the pixels. */
public enum Column {
  /** The one class of a sample, a {@link Target.Label}, from the sample's folder. */
  LABEL,
  /** The classes that hold for a sample, a {@link Target.Labels}: from a file of labels. */
  LABELS
}
