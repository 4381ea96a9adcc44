// Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches
// the newest recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

static class CallLog
{
    const string Extension = "/restapi/v1.0/account/~/extension/~";
    static readonly HttpClient Http = new HttpClient();

    static int Main()
    {
        try
        {
            Run().GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception error) when (
            error is InvalidOperationException || error is HttpRequestException || error is JsonException)
        {
            Console.Error.WriteLine($"error: {error.GetBaseException().Message}");
            return 1;
        }
    }

    static async Task Run()
    {
        var bearer = await SignIn();
        var calls = await List(bearer, "/call-log?dateFrom=2024-01-01T00:00:00.000Z"
            + "&dateTo=2024-01-31T23:59:59.999Z&view=Detailed&perPage=1000");
        Console.WriteLine($"calls {calls.Count} legs {calls.Sum(call => call["legs"]?.Count() ?? 0)}");
        var active = await List(bearer, "/active-calls");
        Console.WriteLine($"active {active.Count}");

        var recording = calls.Select(call => call["recording"]).FirstOrDefault(each => each != null);
        if (recording == null)
        {
            Console.WriteLine("recording none");
            return;
        }
        var answer = await Get(bearer, (string)recording["contentUri"]);
        var sound = await answer.Content.ReadAsByteArrayAsync();
        var extension = answer.Content.Headers.ContentType.MediaType == "audio/mpeg" ? "mp3" : "wav";
        File.WriteAllBytes($"{recording["id"]}.{extension}", sound);
        using (var sha256 = SHA256.Create())
        {
            var digest = BitConverter.ToString(sha256.ComputeHash(sound)).Replace("-", "").ToLowerInvariant();
            Console.WriteLine($"recording {recording["id"]} {sound.Length} bytes sha256 {digest}");
        }
    }

    static async Task<AuthenticationHeaderValue> SignIn()
    {
        var client = Encoding.UTF8.GetBytes($"{Variable("RC_APP_CLIENT_ID")}:{Variable("RC_APP_CLIENT_SECRET")}");
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(client));
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = Variable("RC_USER_JWT"),
        };
        var url = Variable("RC_SERVER_URL") + "/restapi/oauth/token";
        var answer = await Send(() => new HttpRequestMessage(HttpMethod.Post, url)
        {
            Headers = { Authorization = basic },
            Content = new FormUrlEncodedContent(form),
        });
        var token = JObject.Parse(await answer.Content.ReadAsStringAsync());
        return new AuthenticationHeaderValue("Bearer", (string)token["access_token"]);
    }

    // All records of a list, whatever number of pages it has.
    static async Task<List<JToken>> List(AuthenticationHeaderValue bearer, string path)
    {
        var records = new List<JToken>();
        var url = Variable("RC_SERVER_URL") + Extension + path;
        while (url != null)
        {
            var answer = await Get(bearer, url);
            var page = JObject.Parse(await answer.Content.ReadAsStringAsync());
            records.AddRange(page["records"]);
            url = (string)page.SelectToken("navigation.nextPage.uri");
        }
        return records;
    }

    static Task<HttpResponseMessage> Get(AuthenticationHeaderValue bearer, string url) =>
        Send(() => new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = bearer } });

    // After 429, waits as long as the server says, then asks again.
    static async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> request)
    {
        while (true)
        {
            var answer = await Http.SendAsync(request());
            if (answer.IsSuccessStatusCode) return answer;
            if ((int)answer.StatusCode != 429)
            {
                var said = JObject.Parse(await answer.Content.ReadAsStringAsync());
                throw new InvalidOperationException(
                    $"{(int)answer.StatusCode} {said["message"] ?? said["error_description"]}");
            }
            var wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(60);
            Console.Error.WriteLine($"waiting {wait.TotalSeconds} s");
            await Task.Delay(wait);
        }
    }

    static string Variable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? throw new InvalidOperationException($"{name} is not set") : value;
    }
}
