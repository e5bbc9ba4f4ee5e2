package org.convoy.kernels.nd4j;

import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The block in which one op at a time has its temporaries: an ND4J workspace. What does not fit is
 * allocated beside it and freed with the next op.
 */
final class Scratch implements AutoCloseable {
  private static final AtomicLong COUNT = new AtomicLong();

  private final MemoryWorkspace workspace;

  Scratch(long bytes) {
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder()
            .initialSize(bytes)
            .policyLearning(LearningPolicy.NONE)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.EXTERNAL)
            .build();
    String id = "convoy.nd4j." + COUNT.incrementAndGet();
    workspace = Nd4j.getWorkspaceManager().createNewWorkspace(configuration, id);
  }

  /** Does the work; arrays it makes are gone afterwards. */
  void around(Runnable work) {
    workspace.notifyScopeEntered();
    try {
      work.run();
    } finally {
      workspace.close();
    }
  }

  @Override
  public void close() {
    // Asked first because a thread that has had no workspace yet has no list to take this one from.
    Nd4j.getWorkspaceManager().checkIfWorkspaceExists(workspace.getId());
    Nd4j.getWorkspaceManager().destroyWorkspace(workspace);
  }
}
