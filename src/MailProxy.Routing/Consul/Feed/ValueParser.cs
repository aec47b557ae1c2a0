using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Reads one value.</summary>
internal delegate bool ValueParser<T>(ReadOnlySpan<byte> value, [MaybeNullWhen(false)] out T parsed, [NotNullWhen(false)] out string? problem);
