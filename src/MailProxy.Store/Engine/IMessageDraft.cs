namespace MailProxy.Store.Engine;

/// <summary>A message on its way in. Dispose without delivering: nothing remains.</summary>
public interface IMessageDraft : IAsyncDisposable
{
    /// <summary>Appends octets as they are to be stored (dot-stuffing removed, CRLF line ends kept as received).</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken);

    /// <summary>Ends the content and reads its structure (MimeKit) for FETCH. Call once, before delivering.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Octets written so far.</summary>
    long Size { get; }
}
