using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;
using static MailProxy.Testing.AuthHttpService;

namespace MailProxy.EndToEnd.Tests.Nginx;

/// <summary>The service that serves nginx today serves MailProxy as it is: the same clients say the same to both, and it is asked the same about them.</summary>
public sealed class SameServiceTests
{
    private static readonly (string User, string Password)[] Awkward =
    [
        ("alice@example.org", "secret"),
        ("al ice+tag@example.org", " two  spaces "),
        ("100%@example.org", "%41%%2b+&=?#"),
        ("quo\"te'\\@example.org", "\"'\\;:,<>{}[]"),
        ("j\u00F6rg@example.org", "p\u00E4\u00DFw\u00F6rd \u20AC\U0001F511"),
        (new string('u', 150) + "@example.org", string.Concat(Enumerable.Repeat("pass word%", 20))),
    ];

    // Ours tells more, and the connection is another one.
    private static readonly string[] OfTheConnection = ["Connection"];

    [Fact]
    public async Task Awkward_names_and_passwords_reach_the_service_and_the_store_alike()
    {
        await using var both = await Both.StartAsync();
        foreach (var (user, password) in Awkward)
        {
            var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));
            await both.CompareAsync("imap", user, async talk =>
            {
                Assert.StartsWith("+", await talk.SayAsync("a AUTHENTICATE PLAIN"), StringComparison.Ordinal);
                return [await talk.SayAsync(plain, "a ")];
            });
            await both.CompareAsync("smtp", user, async talk =>
            {
                await talk.SayAsync("EHLO client.example.org", "250 ");
                return [await talk.SayAsync($"AUTH PLAIN {plain}")];
            });

            // nginx's line for POP3 has 128 octets.
            if (plain.Length < 120)
            {
                await both.CompareAsync("pop3", user, async talk =>
                {
                    Assert.StartsWith("+", await talk.SayAsync("AUTH PLAIN"), StringComparison.Ordinal);
                    return [await talk.SayAsync(plain)];
                });
            }
        }
    }

    [Fact]
    public async Task The_protocols_own_login_commands_are_asked_about_alike()
    {
        await using var both = await Both.StartAsync();
        await both.CompareAsync("imap", "login", async talk => [await talk.SayAsync("a LOGIN \"bob@example.org\" \"a \\\"quoted\\\" %word\"", "a ")]);
        foreach (var version in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            await both.CompareAsync("imaps", version.ToString(), async talk => [await talk.SayAsync("a LOGIN bob@example.org secret", "a ")], version);
        }

        await both.CompareAsync("pop3", "login", async talk => [await talk.SayAsync("USER bob@example.org"), await talk.SayAsync("PASS secret%41")]);
        await both.CompareAsync("smtp", "login", async talk =>
        {
            await talk.SayAsync("EHLO client.example.org", "250 ");
            await talk.SayAsync("AUTH LOGIN");
            await talk.SayAsync(Base64("bob@example.org"));
            return [await talk.SayAsync(Base64("secret"))];
        });
    }

    [Theory]
    [InlineData("refuse@example.org")]
    [InlineData("final@example.org")]
    [InlineData("code@example.org")]
    [InlineData("rewrite@example.org")]
    [InlineData("wait@example.org")]
    public async Task Refusals_rewriting_and_waiting_are_obeyed_alike(string user)
    {
        await using var both = await Both.StartAsync();
        await both.CompareAsync("imap", user, async talk => [await talk.SayAsync($"a LOGIN {user} secret", "a "), await talk.SayAsync("b NOOP", "b ")]);
        await both.CompareAsync("pop3", user, async talk =>
        [
            await talk.SayAsync($"USER {user}"), await talk.SayAsync("PASS secret"), await talk.SayAsync("NOOP"),
        ]);
        await both.CompareAsync("smtp", user, async talk =>
        {
            await talk.SayAsync("EHLO client.example.org", "250 ");
            return [await talk.SayAsync($"AUTH PLAIN {Base64($"\0{user}\0secret")}"), await talk.SayAsync("NOOP")];
        });
    }

    [Fact]
    public async Task Attempts_of_one_connection_are_counted_alike()
    {
        await using var both = await Both.StartAsync();
        await both.CompareAsync("imap", "twice", async talk =>
        [
            await talk.SayAsync("a LOGIN refuse@example.org wrong", "a "), await talk.SayAsync("b LOGIN bob@example.org secret", "b "),
        ]);
    }

    [Fact]
    public async Task A_recipient_without_login_is_asked_about_as_nginx_asks()
    {
        await using var both = await Both.StartAsync();
        var (nginx, ours) = (new List<AuthHttpRequest>(), new List<AuthHttpRequest>());
        foreach (var (port, requests) in new[] { (both.Nginx.Ports.Smtp, nginx), (both.Ports["mx"], ours) })
        {
            both.Service.Requests.Clear();
            await using var talk = await MailTalk.ConnectAsync(port);
            await talk.SayAsync("EHLO client.example.org", "250 ");
            await talk.SayAsync("MAIL FROM:<>");
            await talk.SayAsync("RCPT TO:<refuse@example.org>");
            requests.AddRange(both.Service.Requests);
        }

        var (theirs, our) = (Assert.Single(nginx), Assert.Single(ours));
        Assert.Equal("RCPT TO:<refuse@example.org>", theirs["Auth-SMTP-To"]);
        Assert.Equal("client.example.org", theirs["Auth-SMTP-Helo"]);

        // Of the client nothing is known where an address is looked up.
        foreach (var header in theirs.Headers.Where(header => header.Key is not ("Client-IP" or "Auth-SMTP-Helo" or "Auth-Login-Attempt")))
        {
            Assert.Equal($"{header.Key}: {header.Value}", $"{header.Key}: {our[header.Key]}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>One service, a store for each protocol, and both proxies before them.</summary>
    private sealed class Both : IAsyncDisposable
    {
        private readonly TempDirectory _folder = new();
        private readonly Dictionary<string, RecordingStore> _stores = new()
        {
            ["imap"] = new RecordingStore("imap"), ["pop3"] = new RecordingStore("pop3"), ["smtp"] = new RecordingStore("smtp"),
        };

        private readonly ConcurrentDictionary<string, int> _waited = new();
        private MailProxyProcess? _ours;

        public AuthHttpService Service { get; private set; } = null!;

        public NginxProcess Nginx { get; private set; } = null!;

        public Dictionary<string, int> Ports { get; } = [];

        public static async Task<Both> StartAsync()
        {
            NginxProcess.Require();
            var both = new Both();
            both.Service = new AuthHttpService(both.Answer);
            try
            {
                var authority = new TestAuthority();
                both.Nginx = await NginxProcess.StartAsync(both._folder, both.Service.Url, authority);
                await both.StartOursAsync();
                return both;
            }
            catch
            {
                await both.DisposeAsync();
                throw;
            }
        }

        /// <summary>The same talk with both: answers of the same kind, the same questions to the service, the same login at the store.</summary>
        public async Task CompareAsync(string listener, string what, Func<MailTalk, Task<string[]>> talkAsync, SslProtocols tls = SslProtocols.None)
        {
            var store = _stores[listener == "imaps" ? "imap" : listener];
            var nginxPort = listener switch { "imap" => Nginx.Ports.Imap, "pop3" => Nginx.Ports.Pop3, "smtp" => Nginx.Ports.Smtp, _ => Nginx.Ports.Imaps };
            var results = new List<(string[] Answers, List<AuthHttpRequest> Requests, List<(string, string)> Logins)>();
            foreach (var port in new[] { nginxPort, Ports[listener] })
            {
                Service.Requests.Clear();
                store.Logins.Clear();
                _waited.Clear();
                await using var talk = await MailTalk.ConnectAsync(port, tls);
                var answers = await talkAsync(talk);
                results.Add((answers, [.. Service.Requests], [.. store.Logins]));
            }

            var (theirs, ours) = (results[0], results[1]);
            Assert.True(theirs.Answers.Select(KindOf).SequenceEqual(ours.Answers.Select(KindOf)), $"{listener}, {what}:\nnginx: {string.Join(" | ", theirs.Answers)}\nours: {string.Join(" | ", ours.Answers)}\n{_ours!.Output}");
            Assert.Equal(theirs.Logins, ours.Logins);
            Assert.True(theirs.Requests.Count > 0 && theirs.Requests.Count == ours.Requests.Count, $"{listener}, {what}: nginx asked {theirs.Requests.Count} times, we {ours.Requests.Count} times");
            foreach (var (one, other) in theirs.Requests.Zip(ours.Requests))
            {
                Assert.Equal(one.Line.Split(' ')[..2], other.Line.Split(' ')[..2]);
                foreach (var (name, value) in one.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
                {
                    Assert.Equal($"{listener}, {what}: {name}: {value}", $"{listener}, {what}: {name}: {other[name]}");
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in new WatchedProcess?[] { Nginx, _ours })
            {
                if (process is not null)
                {
                    await process.DisposeAsync();
                }
            }

            await Service.DisposeAsync();
            foreach (var store in _stores.Values)
            {
                await store.DisposeAsync();
            }

            _folder.Dispose();
        }

        // IMAP: what stands behind the tag; POP3: + or -; SMTP: the code, and a service's own code as a whole.
        private static string KindOf(string answer) => answer switch
        {
            "(closed)" => answer,
            ['+' or '-', ..] => answer[..1],
            [>= '2' and <= '5', >= '0' and <= '9', ..] => answer.Contains("5.7.9", StringComparison.Ordinal) ? answer : answer[..3],
            _ => answer.Split(' ')[1] + (answer.Contains("Own words", StringComparison.Ordinal) ? " Own words" : ""),
        };

        private string Answer(AuthHttpRequest request)
        {
            var user = Uri.UnescapeDataString(request["Auth-User"]!).Split('@')[0];
            var port = _stores[request["Auth-Protocol"]!].Port.ToString(CultureInfo.InvariantCulture);
            return request["Auth-Method"] == "none" ? AuthHttpService.Answer("Auth-Status: No such user", "Auth-Error-Code: 550 5.1.1") : user switch
            {
                "refuse" => AuthHttpService.Answer("Auth-Status: Own words", "Auth-Wait: 1"),
                "final" => AuthHttpService.Answer("Auth-Status: Own words", "Auth-Error-Code: 535 5.7.9"),
                "code" => AuthHttpService.Answer("Auth-Status: Own words", "Auth-Error-Code: 535 5.7.9", "Auth-Wait: 1"),
                "wait" when _waited.TryAdd(user, 1) => AuthHttpService.Answer("Auth-Status: WAIT", "Auth-Wait: 1"),
                "rewrite" => AuthHttpService.Answer("Auth-Status: OK", "Auth-Server: 127.0.0.1", $"Auth-Port: {port}", "Auth-User: Box 17", "Auth-Pass: other%41 word"),
                _ => AuthHttpService.Answer("Auth-Status: OK", "Auth-Server: 127.0.0.1", $"Auth-Port: {port}"),
            };
        }

        private async Task StartOursAsync()
        {
            var file = _folder.File("proxy.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["Node"] = new { Name = "small", HostName = "mail.example.org" },
                ["Listeners"] = new[] { ("imap", "none"), ("pop3", "none"), ("submission", "none"), ("imap", "implicit"), ("mx", "none") }
                    .Select(one => new { Protocol = one.Item1, Address = "127.0.0.1", Port = 0, Tls = one.Item2 }).ToArray(),
                ["Tls"] = new { Certificate = _folder.File("nginx.crt"), Key = _folder.File("nginx.key") },
                ["Authentication"] = new { ClearText = "loopback" },
                ["Directory"] = new
                {
                    Provider = "http",
                    HttpAuth = new { Urls = new[] { Service.Url }, Headers = new[] { "X-Auth-Key: k-17" }, Domains = new[] { "example.org" }, LookUp = "auth" },
                    Cache = new { Positive = "00:00:00", Negative = "00:00:00", LastGood = "00:00:00" },
                },
                ["Routing"] = new { Mode = "static", Stores = new[] { new { Id = "store-1", Address = "127.0.0.2", Ports = new { imap = 143 }, Tls = "none" } } },
                ["Stores"] = new { Login = "password", AddressTls = "none" },
                ["Log"] = new { Level = "information" },
            }));
            _ours = MailProxyProcess.Start("proxy", "--config", file);
            var line = await _ours.SeeAsync("Proxy small serves ");
            foreach (var bound in line[line.IndexOf("imap ", StringComparison.Ordinal)..line.IndexOf(" on the ", StringComparison.Ordinal)].Split(", "))
            {
                var (name, endPoint) = (bound.Split(' ')[0], bound.Split(' ')[1]);
                Ports[name == "submission" ? "smtp" : name] = int.Parse(endPoint.Split(':')[1], CultureInfo.InvariantCulture);
            }
        }
    }
}
