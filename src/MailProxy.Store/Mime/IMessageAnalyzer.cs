using MailProxy.Store.Engine;

namespace MailProxy.Store.Mime;

/// <summary>Reads a message's structure. It never fails for what a message holds: garbage is a text/plain body.</summary>
public interface IMessageAnalyzer
{
    /// <summary>Reads <paramref name="content"/> from its start to its end.</summary>
    ValueTask<MessageStructure> AnalyzeAsync(Stream content, CancellationToken cancellationToken);
}
