using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary>What the agent answers: JSON for success, plain text for errors.</summary>
internal sealed record AgentReply(int Status, byte[] Body, string ContentType)
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string JsonText = "application/json";
    private const string LimitDocumentation = "https://www.consul.io/docs/agent/options.html#kv_max_value_size";

    /// <summary>X-Consul-Index; null: this answer has none.</summary>
    public ulong? Index { get; init; }

    /// <summary>Where a redirect points.</summary>
    public string? Location { get; init; }

    public static AgentReply Json<T>(T value, JsonTypeInfo<T> type, ulong? index = null, int status = 200) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), JsonText) { Index = index };

    public static AgentReply Truth(bool value) => Json(value, ConsulJson.Default.Boolean);

    public static AgentReply Raw(byte[] value, ulong index) => new(200, value, "application/octet-stream") { Index = index };

    public static AgentReply Empty(int status = 200, ulong? index = null) => new(status, [], PlainText) { Index = index };

    public static AgentReply Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text), PlainText);

    /// <summary>What Consul's own servers answer behind a forwarded call; the status says nothing about whether to repeat it.</summary>
    public static AgentReply Failure(string text) => Text(500, text);

    public static AgentReply MethodNotAllowed(string method) => Text(405, $"method {method} not allowed");

    public static AgentReply TooLarge(long size) =>
        Text(413, $"Request body({size} bytes) too large, max size: {EmbeddedLimits.MaxBody} bytes. See {LimitDocumentation}.");

    public static AgentReply Redirect(string location) => Empty(301) with { Location = location };
}
