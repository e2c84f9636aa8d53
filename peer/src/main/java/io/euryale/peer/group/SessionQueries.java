package io.euryale.peer.group;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.euryale.client.wire.SessionFrame;
import io.euryale.group.ConfigurationId;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.Right;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import java.util.stream.Collectors;

/// Answers to what a session asks about groups it is not in, and about its peer.
final class SessionQueries {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(PeerId.class, ToStringSerializer.instance)
                  .addSerializer(ConfigurationId.class, ToStringSerializer.instance));

  private SessionQueries() {}

  static SessionFrame.Answer answer(
      SessionServer server, PeerName application, SessionFrame.Query query)
      throws InterruptedException {
    try {
      return switch (query.question()) {
        case VIEW -> view(server, application, query);
        case GROUPS -> {
          GroupHost host = host(server, query);
          yield new SessionFrame.Answer(
              query.request(),
              true,
              host.names().stream()
                  .filter(group -> host.allows(Right.JOIN, group, application))
                  .map(GroupName::value)
                  .collect(Collectors.joining("\n")));
        }
        case STATUS -> new SessionFrame.Answer(query.request(), true, json(server.peer().status()));
      };
    } catch (RefusedException e) {
      return new SessionFrame.Answer(
          query.request(), false, e.reason().name() + "\n" + e.getMessage());
    }
  }

  private static GroupHost host(SessionServer server, SessionFrame.Query query) {
    return server.named().host(TrafficClass.valueOf(query.trafficClass().name()));
  }

  /// One member a line, the eldest first. Who may be a member may see who the others are.
  private static SessionFrame.Answer view(
      SessionServer server, PeerName application, SessionFrame.Query query)
      throws InterruptedException {
    GroupHost host = host(server, query);
    GroupName group = NamedClasses.groupName(query.group());
    host.require(Right.JOIN, group, application);
    GroupView view = host.view(group);
    return view == null
        ? new SessionFrame.Answer(query.request(), false, "Group " + group + " has no members.")
        : new SessionFrame.Answer(
            query.request(),
            true,
            view.members().stream().map(GroupMemberId::toString).collect(Collectors.joining("\n")));
  }

  /// A status as one line of JSON.
  static String json(GroupPeerStatus status) {
    try {
      return JSON.writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A status is plain data", e);
    }
  }
}
