#include "stream/table_pass.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "model/dynamo_json.h"

namespace cruddur::stream {
namespace {

std::string CheckpointOf(const model::Item& key) {
  std::string text;
  json::Writer out(text);
  model::WriteItem(out, key);
  return text;
}

// From the beginning, where the checkpoint says nothing else.
model::Item KeyOf(const std::string& checkpoint) {
  json::Document document;
  const auto key = document.Parse(checkpoint);
  return key ? model::ReadItem(*key).value_or(model::Item()) : model::Item();
}

}  // namespace

TablePass::TablePass(base::Executor executor, const PageHandler& handler,
                     std::chrono::milliseconds unreadable_pause, const Lease& lease,
                     TellCheckpoint tell_checkpoint)
    : handler_(handler),
      unreadable_pause_(unreadable_pause),
      begin_(lease.checkpoint),
      tell_checkpoint_(std::move(tell_checkpoint)),
      wake_up_(std::make_shared<WakeUp>(executor)) {}

void TablePass::Stop() {
  stopping_ = true;
  wake_up_->Wake();
}

base::Task<bool> TablePass::Run() {
  model::Item after = KeyOf(begin_);
  while (!stopping_) {
    auto next = co_await handler_(after);
    if (!next) {
      base::Log(base::LogLevel::kWarn, "table not readable", {{"reason", next.error().message}});
      co_await wake_up_->Wait(WakeUp::SteadyClock::now() + unreadable_pause_);
      continue;
    }
    after = *std::move(next);
    if (after.empty()) co_return true;
    tell_checkpoint_(CheckpointOf(after));
    // Where pages are read without waiting for anything, let the loop do its other work.
    co_await base::asio::post(wake_up_->executor(), base::kUseTask);
  }
  co_return false;
}

}  // namespace cruddur::stream
