#include "accounts/mail_queue.h"

#include "base/log.h"

namespace cruddur::accounts {

using std::chrono::steady_clock;

MailQueue::MailQueue(MailSender sender, MailQueueOptions options)
    : sender_(std::move(sender)), options_(options), thread_([this] { Work(); }) {}

MailQueue::~MailQueue() {
  size_t lost = 0;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
    done_.wait_for(lock, options_.stop_grace, [this] { return ended_; });
    lost = queue_.size();
    queue_.clear();
  }
  hurry_ = true;
  thread_.join();
  if (lost > 0) {
    base::Log(base::LogLevel::kError, "mail was not sent before the stop",
              {{"mails", static_cast<int64_t>(lost)}});
  }
}

base::Status MailQueue::Deliver(const Mail& mail) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= options_.capacity) {
    return base::Fail(base::ErrorCode::kResourceExhausted, "too much mail waits to be sent");
  }
  queue_.emplace(steady_clock::now(), Waiting{.mail = mail});
  wake_.notify_one();
  return {};
}

void MailQueue::Work() {
  while (auto next = Next()) Attempt(*std::move(next));
  const std::lock_guard lock(mutex_);
  ended_ = true;
  done_.notify_all();
}

std::optional<MailQueue::Waiting> MailQueue::Next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (queue_.empty()) {
      if (stopping_) return std::nullopt;
      wake_.wait(lock);
      continue;
    }
    const Time due = queue_.begin()->first;
    if (!stopping_ && due > steady_clock::now()) {
      wake_.wait_until(lock, due);
      continue;
    }
    return std::move(queue_.extract(queue_.begin()).mapped());
  }
}

void MailQueue::Attempt(Waiting waiting) {
  const base::Status sent = sender_(waiting.mail, hurry_);
  if (sent) return;
  ++waiting.attempts;
  const std::lock_guard lock(mutex_);
  const bool again = sent.error().code == base::ErrorCode::kUnavailable &&
                     waiting.attempts < options_.attempts && !stopping_;
  base::Log(again ? base::LogLevel::kWarn : base::LogLevel::kError,
            again ? "a mail was not sent yet" : "a mail is given up",
            {{"username", waiting.mail.username},
             {"attempts", int64_t{waiting.attempts}},
             {"reason", sent.error().message}});
  if (!again) return;
  const auto pause = options_.first_pause * (int64_t{1} << (2 * (waiting.attempts - 1)));
  queue_.emplace(steady_clock::now() + pause, std::move(waiting));
}

}  // namespace cruddur::accounts
