using System.Net;

namespace MailProxy.Transport.Memory;

/// <summary>An address of a <see cref="MemoryTransport"/>.</summary>
/// <param name="name">Compared ordinally.</param>
public sealed class MemoryEndPoint(string name) : EndPoint, IEquatable<MemoryEndPoint>
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <inheritdoc/>
    public bool Equals(MemoryEndPoint? other) => other is not null && other.Name == name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MemoryEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "memory:" + name;
}
