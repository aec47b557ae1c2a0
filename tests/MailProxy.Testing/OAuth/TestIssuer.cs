using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailProxy.Testing.OAuth;

/// <summary>An authorization server on 127.0.0.1: discovery, keys that change, signed tokens, introspection; and whatever else a test wants it to do instead.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    /// <summary>The client that may introspect, and its secret: characters that a form would take for its own.</summary>
    public const string ClientId = "mail proxy";

    /// <summary>Its secret.</summary>
    public const string ClientSecret = "s:e+c%r&t";

    private readonly TimeProvider _time;
    private readonly WebApplication _application;
    private readonly List<TestKey> _keys = [TestKey.Rsa("key-1")];

    private TestIssuer(int port, TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    /// <summary>Its URL, and its name in tokens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Where it listens.</summary>
    public int Port => new Uri(Url).Port;

    /// <summary>The key by which it signs.</summary>
    public TestKey Key => _keys[^1];

    /// <summary>What it publishes; null: its keys.</summary>
    public Func<JsonNode>? Keys { get; set; }

    /// <summary>What it does instead of answering; true: it answered.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>Answers of introspection by token; any other is not active.</summary>
    public ConcurrentDictionary<string, JsonObject> Active { get; } = new();

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Starts one.</summary>
    public static async Task<TestIssuer> StartAsync(TimeProvider? time = null, int port = 0)
    {
        var issuer = new TestIssuer(port, time ?? TimeProvider.System);
        await issuer._application.StartAsync();
        issuer.Url = issuer._application.Urls.Single();
        return issuer;
    }

    /// <summary>Signs by a new key from now on; the old one stays published unless it is withdrawn.</summary>
    public void Rotate(TestKey key, bool withdraw = false)
    {
        if (withdraw)
        {
            _keys.ForEach(old => old.Dispose());
            _keys.Clear();
        }

        _keys.Add(key);
    }

    /// <summary>The claims of a good token.</summary>
    public JsonObject Claims(string user = "alice@example.org") => new()
    {
        ["iss"] = Url, ["sub"] = "4711", ["aud"] = "mail", ["email"] = user, ["scope"] = "openid imap", ["iat"] = Now(), ["nbf"] = Now(), ["exp"] = Now() + 300,
    };

    /// <summary>Seconds since 1970.</summary>
    public long Now() => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>A token, good but for what a test changes.</summary>
    public string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null, TestKey? key = null, string user = "alice@example.org")
    {
        key ??= Key;
        var (head, body) = (new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "at+jwt", ["kid"] = key.Id }, Claims(user));
        header?.Invoke(head);
        claims?.Invoke(body);
        return key.Sign(head, body);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _keys.ForEach(key => key.Dispose());
    }

    private async Task ServeAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Path);
        if (Instead is { } instead && await instead(context))
        {
            return;
        }

        var answer = context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => new JsonObject { ["issuer"] = Url, ["jwks_uri"] = Url + "/keys" },
            "/keys" => Keys?.Invoke() ?? new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(key => key.ToJwk())]) },
            "/introspect" when IsOurClient(context) => await IntrospectAsync(context),
            "/introspect" => Refuse(context, 401),
            _ => Refuse(context, 404),
        };
        await context.Response.WriteAsync(answer?.ToJsonString() ?? "");
    }

    private async Task<JsonNode?> IntrospectAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        return Active.TryGetValue(form["token"].ToString(), out var answer) ? answer.DeepClone() : new JsonObject { ["active"] = false };
    }

    // RFC 6749 2.3.1.
    private static bool IsOurClient(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (context.Request.Method != "POST" || !header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = Encoding.ASCII.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':');
        return parts is [var id, var secret] && WebUtility.UrlDecode(id) == ClientId && WebUtility.UrlDecode(secret) == ClientSecret;
    }

    private static JsonNode? Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return null;
    }
}
