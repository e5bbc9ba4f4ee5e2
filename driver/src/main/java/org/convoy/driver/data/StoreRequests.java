package org.convoy.driver.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many small requests to a store, of which some are under way at the same time: one of them waits
 * for the store nearly all of its time, and not for a processor.
 */
final class StoreRequests {

  /** Requests that are under way at the same time. */
  static final int AT_ONCE = 16;

  private StoreRequests() {}

  /** Asks for one thing. */
  @FunctionalInterface
  interface Request<T, R> {
    R answer(T item) throws IOException;
  }

  /**
   * The answers in the order of the items.
   *
   * @throws IOException that of the first item whose request failed
   */
  static <T, R> List<R> all(List<T> items, Request<T, R> request) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, StoreRequests::thread);
    try {
      List<Future<R>> asked = new ArrayList<>(items.size());
      for (T item : items) {
        asked.add(threads.submit(() -> request.answer(item)));
      }
      List<R> answers = new ArrayList<>(items.size());
      for (Future<R> each : asked) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw failure(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return (IOException) cause;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "convoy-store-requests");
    thread.setDaemon(true);
    return thread;
  }
}
