package org.convoy.image.loader;

import org.bytedeco.javacpp.Pointer;

/** Is told of the native memory in which a loader's batches lie, by the loader's consumer. */
public interface BatchMemory {
  /** Does nothing with it. */
  BatchMemory PLAIN =
      new BatchMemory() {
        @Override
        public void taken(Pointer memory, long bytes) {}

        @Override
        public void freed(Pointer memory) {}
      };

  /** Memory that batches will lie in. */
  void taken(Pointer memory, long bytes);

  /** Memory that will be freed now. */
  void freed(Pointer memory);
}
