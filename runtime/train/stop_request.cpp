#include "runtime/train/stop_request.h"

#include <atomic>
#include <stdexcept>

namespace nam56r::runtime {
namespace {

// A signal handler has nothing but what is static.
std::atomic<int> term_signals{-1};  // -1: nobody listens
static_assert(std::atomic<int>::is_always_lock_free);

void OnTerm(int) { term_signals.fetch_add(1); }

}  // namespace

StopRequest::StopRequest() {
  int nobody = -1;
  if (!term_signals.compare_exchange_strong(nobody, 0)) {
    throw std::logic_error("two stop requests at a time");
  }
  struct sigaction action {};
  action.sa_handler = OnTerm;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, &before_);
}

StopRequest::~StopRequest() {
  sigaction(SIGTERM, &before_, nullptr);
  term_signals = -1;
}

bool StopRequest::requested() const { return term_signals > 0; }

}  // namespace nam56r::runtime
