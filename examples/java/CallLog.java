import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches the newest
 * recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.
 */
public class CallLog {
    private static final String EXTENSION = "/restapi/v1.0/account/~/extension/~";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String server = variable("RC_SERVER_URL");
    private String authorization;

    public static void main(String[] arguments) throws Exception {
        try {
            new CallLog().run();
        } catch (IllegalStateException | JsonParseException | IOException error) {
            System.err.println("error: " + (error.getMessage() == null ? error : error.getMessage()));
            System.exit(1);
        }
    }

    private void run() throws Exception {
        signIn();
        List<JsonObject> calls = list("/call-log", Map.of(
                "dateFrom", "2024-01-01T00:00:00.000Z", "dateTo", "2024-01-31T23:59:59.999Z",
                "view", "Detailed", "perPage", "1000"));
        int legs = calls.stream()
                .filter(call -> call.has("legs"))
                .mapToInt(call -> call.getAsJsonArray("legs").size())
                .sum();
        System.out.printf("calls %d legs %d%n", calls.size(), legs);
        System.out.printf("active %d%n", list("/active-calls", Map.of()).size());

        var recorded = calls.stream().filter(call -> call.has("recording")).findFirst();
        if (recorded.isEmpty()) {
            System.out.println("recording none");
            return;
        }
        JsonObject recording = recorded.get().getAsJsonObject("recording");
        String id = recording.get("id").getAsString();
        HttpResponse<byte[]> answer = get(recording.get("contentUri").getAsString());
        byte[] sound = answer.body();
        boolean isMp3 = answer.headers().firstValue("Content-Type").orElse("").startsWith("audio/mpeg");
        Files.write(Path.of(id + (isMp3 ? ".mp3" : ".wav")), sound);
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(sound));
        System.out.printf("recording %s %d bytes sha256 %s%n", id, sound.length, sha256);
    }

    private void signIn() throws IOException, InterruptedException {
        String client = variable("RC_APP_CLIENT_ID") + ":" + variable("RC_APP_CLIENT_SECRET");
        String form = encode(Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", variable("RC_USER_JWT")));
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/restapi/oauth/token"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(client.getBytes()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        authorization = "Bearer " + json(send(request)).get("access_token").getAsString();
    }

    /** All records of a list, whatever number of pages it has. */
    private List<JsonObject> list(String path, Map<String, String> query) throws IOException, InterruptedException {
        List<JsonObject> records = new ArrayList<>();
        String url = server + EXTENSION + path + "?" + encode(query);
        while (url != null) {
            JsonObject page = json(get(url));
            page.getAsJsonArray("records").forEach(record -> records.add(record.getAsJsonObject()));
            JsonObject next = page.getAsJsonObject("navigation").getAsJsonObject("nextPage");
            url = next == null ? null : next.get("uri").getAsString();
        }
        return records;
    }

    private HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Authorization", authorization).build());
    }

    /** After 429, waits as long as the server says, then asks again. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        while (true) {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() < 300) {
                return response;
            }
            if (response.statusCode() != 429) {
                JsonObject said = json(response);
                JsonElement reason = said.has("message") ? said.get("message") : said.get("error_description");
                throw new IllegalStateException(response.statusCode() + " " + reason.getAsString());
            }
            long waitSeconds = response.headers().firstValueAsLong("Retry-After").orElse(60);
            System.err.printf("waiting %d s%n", waitSeconds);
            Thread.sleep(waitSeconds * 1000);
        }
    }

    private static JsonObject json(HttpResponse<byte[]> response) {
        return JsonParser.parseString(new String(response.body(), StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private static String encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }
}
