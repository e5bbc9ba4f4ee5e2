package org.convoy.driver.exchange.sums;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets network threads use the memory of an operation until its owner takes it back. An owner that
 * fails in the middle of an operation frees memory that messages of others would still go to.
 */
final class MemoryGuard {

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean revoked;

  /** Does some work, unless the memory has been taken back. */
  void use(Runnable work) {
    lock.readLock().lock();
    try {
      if (!revoked) {
        work.run();
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Takes the memory back. Returns when nobody uses it. */
  void revoke() {
    lock.writeLock().lock();
    revoked = true;
    lock.writeLock().unlock();
  }
}
