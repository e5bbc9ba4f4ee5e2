// The threads that oneDNN's kernels run on, OpenMP's: a second team would fight the first for the cores.
#pragma once

#include "vectors.h"

extern "C" {
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
void GOMP_barrier();
int omp_get_thread_num();
int omp_get_num_threads();
int omp_get_max_threads();
}

// One thread's part in a team.
struct Member {
  int number;
  int team;

  void meet() const {
    if (team > 1) GOMP_barrier();
  }

  // Calls body(i) for this thread's contiguous part of [0, items).
  template <class Body>
  void share(int64 items, const Body& body) const {
    for (int64 i = items * number / team; i < items * (number + 1) / team; i++) body(i);
  }

  // The same part, last first: what the thread touched last is still in its cache.
  template <class Body>
  void shareBackwards(int64 items, const Body& body) const {
    for (int64 i = items * (number + 1) / team - 1; i >= items * number / team; i--) body(i);
  }
};

// Runs body(member) on every thread.
template <class Body>
static void together(const Body& body) {
  auto call = [](void* data) {
    (*static_cast<const Body*>(data))(Member{omp_get_thread_num(), omp_get_num_threads()});
  };
  GOMP_parallel(call, const_cast<Body*>(&body), 0, 0);
}
