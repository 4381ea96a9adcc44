<?php
// Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches
// the newest recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.

declare(strict_types=1);

const EXTENSION = '/restapi/v1.0/account/~/extension/~';

function variable(string $name): string
{
    return getenv($name) ?: throw new RuntimeException("$name is not set");
}

/** Gives headers, by lower-case name, and body. After 429 it waits as long as the server says, then asks again. */
function send(string $method, string $url, array $headers, string $content = ''): array
{
    $http = ['method' => $method, 'header' => $headers, 'content' => $content, 'ignore_errors' => true];
    while (true) {
        $stream = @fopen($url, 'r', false, stream_context_create(['http' => $http]));
        if (!$stream) {
            throw new RuntimeException(error_get_last()['message']);
        }
        $lines = stream_get_meta_data($stream)['wrapper_data'];
        $body = stream_get_contents($stream);
        fclose($stream);
        $status = (int) explode(' ', array_shift($lines))[1];
        $answered = [];
        foreach ($lines as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $answered[strtolower($name)] = trim($value);
        }
        if ($status < 400) {
            return [$answered, $body];
        }
        if ($status !== 429) {
            $said = json_decode($body, true);
            throw new RuntimeException("$status " . ($said['message'] ?? $said['error_description'] ?? ''));
        }
        $wait = (int) ($answered['retry-after'] ?? 60);
        fwrite(STDERR, "waiting $wait s\n");
        sleep($wait);
    }
}

/** The headers that every further request needs. */
function signIn(): array
{
    $client = base64_encode(variable('RC_APP_CLIENT_ID') . ':' . variable('RC_APP_CLIENT_SECRET'));
    $headers = ["Authorization: Basic $client", 'Content-Type: application/x-www-form-urlencoded'];
    $form = ['grant_type' => 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'assertion' => variable('RC_USER_JWT')];
    [, $body] = send('POST', variable('RC_SERVER_URL') . '/restapi/oauth/token', $headers, http_build_query($form));
    return ['Authorization: Bearer ' . json_decode($body, true)['access_token']];
}

/** All records of a list, whatever number of pages it has. */
function records(array $headers, string $path, array $query = []): Generator
{
    $url = variable('RC_SERVER_URL') . EXTENSION . $path . '?' . http_build_query($query);
    while ($url) {
        [, $body] = send('GET', $url, $headers);
        $page = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
        yield from $page['records'];
        $url = $page['navigation']['nextPage']['uri'] ?? null;
    }
}

function main(): void
{
    $headers = signIn();
    $january = ['dateFrom' => '2024-01-01T00:00:00.000Z', 'dateTo' => '2024-01-31T23:59:59.999Z'];
    [$calls, $legs, $recording] = [0, 0, null];
    foreach (records($headers, '/call-log', $january + ['view' => 'Detailed', 'perPage' => 1000]) as $call) {
        $calls++;
        $legs += count($call['legs'] ?? []);
        $recording ??= $call['recording'] ?? null;
    }
    echo "calls $calls legs $legs\n";
    echo 'active ', iterator_count(records($headers, '/active-calls')), "\n";
    if (!$recording) {
        echo "recording none\n";
        return;
    }
    [$answered, $sound] = send('GET', $recording['contentUri'], $headers);
    $extension = str_starts_with($answered['content-type'], 'audio/mpeg') ? 'mp3' : 'wav';
    file_put_contents("{$recording['id']}.$extension", $sound);
    $sha256 = hash('sha256', $sound);
    echo "recording {$recording['id']} ", strlen($sound), " bytes sha256 $sha256\n";
}

try {
    main();
} catch (RuntimeException | JsonException $error) {
    fwrite(STDERR, "error: {$error->getMessage()}\n");
    exit(1);
}
