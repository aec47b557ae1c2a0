using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>What a connection needs while somebody talks on it, and not while it is idle in a splice: made when asked for, dropped as a whole.</summary>
internal sealed class DialogueParts
{
    /// <summary>The id's text.</summary>
    public string? Id { get; set; }

    /// <summary>Over the socket.</summary>
    public LinuxPipes? Pipes { get; set; }

    /// <summary>What a user of the connection put over <see cref="Pipes"/>.</summary>
    public IDuplexPipe? Wrapped { get; set; }

    /// <summary>The feature bag.</summary>
    public ConnectionFeatures? Features { get; set; }

    /// <summary>The item bag.</summary>
    public ConnectionItems? Items { get; set; }

    /// <summary>The end of our direction, once begun.</summary>
    public Task? Shutdown { get; set; }
}
