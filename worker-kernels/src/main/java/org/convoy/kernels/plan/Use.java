package org.convoy.kernels.plan;

import java.util.List;

/** A step of a program, as far as the placement of its tensors is concerned. */
public interface Use {

  /** The tensors that it reads and writes. */
  List<? extends Stored> tensors();
}
