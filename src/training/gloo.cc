#include "training/gloo.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace facecascade::training {
namespace {

// Mining by the first process, for which the others wait, may take long on many photos.
constexpr std::chrono::milliseconds kPatience = std::chrono::hours(2);
constexpr std::chrono::milliseconds kPatienceToMeet = std::chrono::minutes(10);

bool IsThisMachine(const std::string& address) {
  return address == "localhost" || address.starts_with("127.") || address == "::1";
}

std::shared_ptr<::gloo::transport::Device> MakeDevice(const std::string& address) {
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr) return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  if (IsThisMachine(address)) return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
  return c10d::ProcessGroupGloo::createDefaultDevice();
}

}  // namespace

struct GlooConnection {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> processes;
};

std::shared_ptr<GlooConnection> ConnectByGloo(const GroupPlace& place) {
  c10d::TCPStoreOptions meeting;
  meeting.port = static_cast<std::uint16_t>(place.port);
  meeting.isServer = place.rank == 0;
  meeting.numWorkers = place.size;
  meeting.timeout = kPatienceToMeet;
  auto connection = std::make_shared<GlooConnection>();
  connection->store = c10::make_intrusive<c10d::TCPStore>(place.address, meeting);
  const auto options = c10d::ProcessGroupGloo::Options::create(kPatience);
  options->devices.push_back(MakeDevice(place.address));
  connection->processes = c10::make_intrusive<c10d::ProcessGroupGloo>(connection->store, place.rank,
                                                                      place.size, options);
  return connection;
}

void SumByGloo(GlooConnection& connection, std::vector<torch::Tensor>& tensors) {
  connection.processes->allreduce(tensors)->wait();
}

void SendByGloo(GlooConnection& connection, std::vector<torch::Tensor>& tensors) {
  connection.processes->broadcast(tensors)->wait();
}

}  // namespace facecascade::training
