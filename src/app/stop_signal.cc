#include "app/stop_signal.h"

#include <pthread.h>
#include <signal.h>

namespace cruddur::app {
namespace {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void StopSignal::Wait(const std::function<void()>& reload) {
  const sigset_t set = StopSignals();
  int number = 0;
  do {
    sigwait(&set, &number);
    if (number == SIGHUP && reload) reload();
  } while (number == SIGHUP && reload);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace cruddur::app
