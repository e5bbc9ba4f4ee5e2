package org.convoy.kernels.nd4j;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where temporaries live: arrays made while a piece of work runs are freed when it is done.
 *
 * <p>It is an ND4J workspace that owns no memory of its own: each array is allocated beside it, and
 * a workspace that is still learning its size frees such arrays when it closes.
 */
enum Scratch {
  /** One op's forward or backward. */
  NODE,
  /** One kernel tap's part of an op, within {@link #NODE}. */
  TAP;

  private static final WorkspaceConfiguration CONFIGURATION =
      WorkspaceConfiguration.builder()
          .initialSize(0)
          .policyLearning(LearningPolicy.OVER_TIME)
          .cyclesBeforeInitialization(Integer.MAX_VALUE)
          .policyReset(ResetPolicy.BLOCK_LEFT)
          .policySpill(SpillPolicy.EXTERNAL)
          .build();

  /** Does the work; arrays it makes are gone afterwards. */
  void around(Runnable work) {
    MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, "convoy." + name());
    try {
      work.run();
    } finally {
      workspace.close();
    }
  }

  /**
   * Does the work outside of any workspace, the caller's included: arrays it makes stay until they
   * are closed.
   */
  static void outside(Runnable work) {
    MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try {
      work.run();
    } finally {
      none.close();
    }
  }
}
