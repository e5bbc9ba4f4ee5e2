package org.convoy.settings;

import java.util.List;
import java.util.stream.Collectors;

/** Settings break one or more rules of their record. The compact constructors throw it. */
public final class InvalidSettings extends RequestException {
  private static final long serialVersionUID = 1;

  private final transient List<Complaint> complaints;

  InvalidSettings(List<Complaint> complaints) {
    super(complaints.stream().map(Complaint::toString).collect(Collectors.joining("; ")));
    this.complaints = List.copyOf(complaints);
  }

  /** Every rule that is broken. */
  public List<Complaint> complaints() {
    return complaints;
  }

  /**
   * One broken rule.
   *
   * @param key the wrong key, relative to the record, for example {@code micro-batches}
   * @param text the expected and the actual value
   * @param alsoInvolved other keys that the rule looks at, relative to the record
   */
  public record Complaint(String key, String text, List<String> alsoInvolved) {
    /** Copies the list. */
    public Complaint {
      alsoInvolved = List.copyOf(alsoInvolved);
    }

    @Override
    public String toString() {
      return key + ": " + text;
    }
  }
}
