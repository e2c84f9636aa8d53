package io.euryale.console;

import io.euryale.client.Member;
import io.euryale.client.Message;
import io.euryale.client.View;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Views and messages of groups as lines for people or for programs.
final class GroupText {

  private GroupText() {}

  static String line(String group, View view) {
    Member changed = view.changed();
    return "view %s %s %s: %s (%s%s)"
        .formatted(
            group,
            view.id(),
            view.isRegular() ? "regular" : "transitional",
            names(view.members()),
            view.cause().name().toLowerCase(Locale.ROOT),
            changed == null ? "" : " of " + changed);
  }

  static Map<String, Object> json(String group, View view) {
    Map<String, Object> line = event("view");
    line.put("group", group);
    line.put("view", view.id());
    line.put("regular", view.isRegular());
    line.put("cause", view.cause().name().toLowerCase(Locale.ROOT));
    Member changed = view.changed();
    line.put("changed", changed == null ? null : changed.toString());
    line.put("members", view.members().stream().map(Member::toString).toList());
    line.put("parts", view.parts());
    return line;
  }

  static String line(Message message) {
    String text = StandardCharsets.UTF_8.decode(message.payload().duplicate()).toString();
    return "%s %s %d%s: %s"
        .formatted(
            message.sender(),
            message.service().name().toLowerCase(Locale.ROOT),
            message.position(),
            message.isPrivate() ? " private" : "",
            Plain.text(text));
  }

  static Map<String, Object> json(String group, Message message) {
    Map<String, Object> line = event("message");
    line.put("group", group);
    line.put("sender", message.sender().toString());
    line.put("service", message.service().name().toLowerCase(Locale.ROOT));
    line.put("position", message.position());
    line.put("private", message.isPrivate());
    line.put("own", message.isOwn());
    ByteBuffer payload = message.payload().duplicate();
    try {
      line.put("text", StandardCharsets.UTF_8.newDecoder().decode(payload.duplicate()).toString());
    } catch (CharacterCodingException _) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      line.put("base64", Base64.getEncoder().encodeToString(bytes));
    }
    return line;
  }

  static Map<String, Object> event(String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", name);
    return line;
  }

  static String names(List<?> members) {
    return members.stream().map(Object::toString).collect(Collectors.joining(" "));
  }
}
