package io.euryale.peer.group;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupView;
import io.euryale.peer.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What an application was told about a group, as text; its state is all messages so far.
class Heard implements GroupListener {

  final List<String> messages = new CopyOnWriteArrayList<>();
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<GroupView> views = new CopyOnWriteArrayList<>();
  private final StringBuilder state = new StringBuilder();

  static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void view(GroupView view) {
    views.add(view);
  }

  @Override
  public void message(GroupMessage message) {
    messages.add(text(message.payload()));
  }

  @Override
  public void refused(RefusedException refusal) {
    events.add("refused " + refusal.reason());
  }

  @Override
  public void left(GroupView.Cause cause) {
    events.add("left " + cause);
  }

  @Override
  public InputStream snapshot(GroupMemberId receiver) {
    return new ByteArrayInputStream(bytes(String.join("\n", messages)));
  }

  @Override
  public void stateBegins(GroupMemberId giver) {
    state.setLength(0);
  }

  @Override
  public void state(ByteBuffer chunk) {
    state.append(text(chunk));
  }

  @Override
  public void stateComplete(GroupMemberId giver) {
    events.add("state");
    if (!state.isEmpty()) {
      messages.addAll(List.of(state.toString().split("\n")));
    }
  }

  @Override
  public void noState() {
    events.add("no state");
  }
}
