package org.convoy.clusters;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link Convoy} of this JVM, whose clusters start with the first test. */
final class ClusterExtension implements ParameterResolver {
  private static final Namespace HERE = Namespace.create(ClusterExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Convoy.class;
  }

  @Override
  public Convoy resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getRoot()
        .getStore(HERE)
        .getOrComputeIfAbsent(Running.class, key -> new Running(), Running.class)
        .convoy;
  }

  /** JUnit closes it after the last test. */
  private static final class Running implements ExtensionContext.Store.CloseableResource {
    private final HadoopCluster cluster;
    private final Convoy convoy;

    Running() {
      try {
        Path folder = Files.createTempDirectory("convoy-clusters");
        cluster = HadoopCluster.start(folder);
        convoy = Convoy.on(cluster, folder);
      } catch (Exception e) {
        throw new IllegalStateException("the mini clusters do not start", e);
      }
    }

    @Override
    public void close() throws Exception {
      cluster.close();
      convoy.clean();
    }
  }
}
