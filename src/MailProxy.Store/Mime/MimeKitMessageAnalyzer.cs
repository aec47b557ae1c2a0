using System.Buffers;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Mime;

/// <summary>Reads structures with MimeKit: its reader finds the parts, its parsers read addresses and parameters. Holds no state.</summary>
public sealed class MimeKitMessageAnalyzer : IMessageAnalyzer
{
    /// <inheritdoc/>
    public ValueTask<MessageStructure> AnalyzeAsync(Stream content, CancellationToken cancellationToken)
    {
        var root = MimeTreeReader.Read(content, cancellationToken);
        return ValueTask.FromResult(new MessageStructure(
            Write(writer => EnvelopeWriter.Write(writer, root)),
            Write(writer => BodyWriter.Write(writer, root, extended: false)),
            Write(writer => BodyWriter.Write(writer, root, extended: true))));
    }

    private static byte[] Write(Action<IBufferWriter<byte>> write)
    {
        var writer = new ArrayBufferWriter<byte>();
        write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
