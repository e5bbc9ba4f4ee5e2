package org.convoy.kernels.nd4j;

import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory for the temporaries of one op at a time: an ND4J workspace. Arrays that do not fit are
 * allocated separately and freed at the next op.
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

  /** Runs the work. Arrays that it makes are invalid afterwards. */
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
    // A thread that never had a workspace has no list of workspaces, so this is checked first.
    Nd4j.getWorkspaceManager().checkIfWorkspaceExists(workspace.getId());
    Nd4j.getWorkspaceManager().destroyWorkspace(workspace);
  }
}
