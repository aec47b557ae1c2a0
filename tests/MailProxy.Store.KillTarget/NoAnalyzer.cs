using MailProxy.Store.Engine;
using MailProxy.Store.Mime;

namespace MailProxy.Store.KillTarget;

/// <summary>Structure is not what this is about.</summary>
public sealed class NoAnalyzer : IMessageAnalyzer
{
    /// <inheritdoc/>
    public ValueTask<MessageStructure> AnalyzeAsync(Stream content, CancellationToken cancellationToken)
        => ValueTask.FromResult(new MessageStructure([], [], []));
}
