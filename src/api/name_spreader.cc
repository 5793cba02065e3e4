#include "api/name_spreader.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "api/directory.h"
#include "base/log.h"

namespace cruddur::api {

NameSpreader::NameSpreader(base::Loop& loop, accounts::NameChanges& changes,
                           accounts::UserDirectory& users, messaging::Renaming& renaming,
                           PageCache& pages, std::chrono::milliseconds look)
    : loop_(loop),
      changes_(changes),
      users_(users),
      renaming_(renaming),
      pages_(pages),
      look_(look),
      timer_(loop.get_executor()) {}

NameSpreader::~NameSpreader() { Stop(); }

void NameSpreader::Start() { ended_ = base::asio::co_spawn(loop_, Run(), base::asio::use_future); }

void NameSpreader::Stop() {
  if (!ended_) return;
  stopping_.store(true);
  Wake();
  ended_->wait();
  ended_.reset();
  // What Wake posted before is done when this is.
  std::promise<void> flushed;
  base::asio::post(loop_, [&flushed] { flushed.set_value(); });
  flushed.get_future().wait();
}

// Posted and not called: the timer belongs to the loop.
void NameSpreader::Wake() {
  base::asio::post(loop_, [this] {
    woken_ = true;
    timer_.cancel();
  });
}

base::Task<void> NameSpreader::Run() {
  while (!stopping_) {
    bool done = false;
    try {
      done = co_await Spread();
    } catch (const std::exception& error) {
      base::Log(base::LogLevel::kError, "a changed name isn't spread",
                {{"reason", std::string_view(error.what())}});
    }
    if (!done && !stopping_) co_await Sleep();
  }
}

base::Task<bool> NameSpreader::Spread() {
  // While the database is away its pool has said so in the log.
  auto taken = co_await changes_.Take();
  if (!taken || !*taken) co_return false;
  accounts::NameChange change = **std::move(taken);
  // Another process may have changed it: this one must not write down what it remembers.
  users_.Forget(change.user);
  while (!stopping_) {
    auto step = co_await renaming_.Rename(PersonOf(change.user), change.progress);
    if (!step) {
      base::Log(base::LogLevel::kWarn, "a changed name isn't spread yet",
                {{"user", change.user.uuid}, {"reason", step.error().message}});
      co_return false;
    }
    co_await pages_.DropEverywhere(std::move(step->partitions));
    if (step->next.empty()) {
      const auto finished = co_await changes_.Finish(std::move(change));
      co_return finished.has_value();
    }
    const auto advanced = co_await changes_.Advance(change, step->next);
    if (!advanced) co_return false;
    if (!*advanced) co_return true;  // changed again: to be taken anew, from the beginning
    change.progress = std::move(step->next);
  }
  co_return true;
}

base::Task<void> NameSpreader::Sleep() {
  if (!woken_) {
    timer_.expires_after(look_);
    co_await timer_.async_wait(base::asio::as_tuple(base::kUseTask));
  }
  woken_ = false;
}

}  // namespace cruddur::api
