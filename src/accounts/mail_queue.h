// An outbox that hands mail to a sender on a thread of its own, so that a mail server that is slow
// or away holds up nobody's answer.
//
// A mail that couldn't be sent is tried again, with pauses that grow fourfold, up to `attempts`
// times; each failure is logged, and the last one says that the mail is given up. What waits is in
// memory only: at a stop each mail that waits is tried once more, and how many are lost is logged.
// Who misses a code asks for another one.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "accounts/outbox.h"

namespace cruddur::accounts {

// Sends one mail, blocking, and gives up soon once `hurry` is true. kUnavailable: a later attempt
// may succeed; any other error is final. The error's message holds nothing of the mail.
using MailSender = std::function<base::Status(const Mail& mail, const std::atomic<bool>& hurry)>;

struct MailQueueOptions {
  size_t capacity = 1000;  // mails that wait; Deliver fails beyond, with kResourceExhausted
  int attempts = 6;        // so the last one is six minutes after the first
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds stop_grace{2000};  // for what waits at a stop
};

class MailQueue final : public Outbox {
 public:
  explicit MailQueue(MailSender sender, MailQueueOptions options = {});
  ~MailQueue() override;
  MailQueue(const MailQueue&) = delete;
  MailQueue& operator=(const MailQueue&) = delete;

  base::Status Deliver(const Mail& mail) override;  // never blocks for long

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    Mail mail;
    int attempts = 0;  // made
  };

  void Work();
  // What is to be sent next, when it is due; nullopt: nothing will be any more.
  std::optional<Waiting> Next();
  void Attempt(Waiting waiting);

  const MailSender sender_;
  const MailQueueOptions options_;
  std::atomic<bool> hurry_{false};

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::multimap<Time, Waiting> queue_;     // by when they are due; protected by mutex_
  bool stopping_ = false, ended_ = false;  // protected by mutex_
  std::thread thread_;
};

}  // namespace cruddur::accounts
