using System.IO.Pipelines;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>A connection's <c>Transport</c>.</summary>
internal sealed class LinuxPipes(LinuxConnection connection) : IDuplexPipe
{
    /// <summary>As its own type, for the splice.</summary>
    public PulledReader Reader { get; } = new(connection);

    /// <summary>As its own type, for the splice.</summary>
    public FlushWriter Writer { get; } = new(connection);

    /// <inheritdoc/>
    public PipeReader Input => Reader;

    /// <inheritdoc/>
    public PipeWriter Output => Writer;
}
