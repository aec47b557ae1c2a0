using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailProxy.Routing;

/// <summary>What people put into Consul: UTF-8, often with a line end after it.</summary>
internal static class OperatorText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text without white space around it; not empty.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        text = null;
        problem = null;
        try
        {
            text = Strict.GetString(value).Trim();
        }
        catch (DecoderFallbackException)
        {
            problem = "the value is not UTF-8";
            return false;
        }

        problem = text.Length == 0 ? "the value is empty" : null;
        return problem is null;
    }

    /// <summary>The JSON object in a text.</summary>
    public static bool TryReadJson<T>(string text, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? document, [NotNullWhen(false)] out string? problem)
        where T : class
    {
        document = null;
        problem = null;
        try
        {
            document = JsonSerializer.Deserialize(text, type);
            problem = document is null ? "the value is null" : null;
        }
        catch (JsonException e)
        {
            problem = $"the value is not the JSON that belongs here (line {e.LineNumber + 1}, member {e.Path})";
        }

        return problem is null;
    }
}
