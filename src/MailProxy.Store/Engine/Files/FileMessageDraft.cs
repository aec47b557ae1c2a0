using System.Buffers;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Mime;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Store.Engine.Files;

/// <summary>
/// A message on its way in. What fits into the buffer waits in memory, and becomes its first link's file when it is made durable; what does not is
/// a file in tmp. What no batch took is gone when the draft is disposed.
/// </summary>
/// <remarks>Files are written synchronously: .NET's asynchronous writes of files occupy a pool thread as well, and another one than the session's.</remarks>
internal sealed class FileMessageDraft : IMessageDraft
{
    // A typical message is one write; thousands of drafts at a time stay below a hundred megabytes.
    private const int BufferOctets = 16 * 1024;

    private readonly StoreFolders folders;
    private readonly LinkNumbers numbers;
    private readonly IMessageAnalyzer analyzer;
    private readonly StoreCounters counters;
    private readonly long maxOctets;
    private byte[]? buffer;
    private int buffered;
    private SafeFileHandle? file;
    private string? path;
    private ulong? place;
    private bool isTaken;
    private long written;
    private byte[]? structure;
    private StoreFaultException? fault;
    private bool isDurable;
    private bool isDisposed;

    public FileMessageDraft(StoreFolders folders, LinkNumbers numbers, IMessageAnalyzer analyzer, StoreCounters counters, long maxOctets)
    {
        this.folders = folders;
        this.numbers = numbers;
        this.analyzer = analyzer;
        this.counters = counters;
        this.maxOctets = maxOctets;
    }

    /// <summary>The durable file: in tmp, or the first link.</summary>
    public string Path => isDurable ? path! : throw new InvalidOperationException("The message is not durable.");

    /// <inheritdoc/>
    public long Size => written + buffered;

    /// <summary>The structure as the database keeps it. Only of a completed draft.</summary>
    public byte[] StructureRecord => structure ?? throw new InvalidOperationException("The message is not complete.");

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        MustBeOpen();
        cancellationToken.ThrowIfCancellationRequested();
        if (Size + octets.Length > maxOctets)
        {
            throw fault = new StoreFaultException(StoreFaultKind.Limit, $"A message can have {maxOctets} octets at most.");
        }

        buffer ??= ArrayPool<byte>.Shared.Rent(BufferOctets);
        if (buffered + octets.Length > buffer.Length)
        {
            Spill();
        }

        if (octets.Length > buffer.Length)
        {
            WriteThrough(octets.Span);
            return ValueTask.CompletedTask;
        }

        octets.CopyTo(buffer.AsMemory(buffered));
        buffered += octets.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        MustBeOpen();
        try
        {
            if (file is null)
            {
                using var content = new MemoryStream(buffer ?? [], 0, buffered, writable: false);
                structure = StoreRecords.Write(await analyzer.AnalyzeAsync(content, cancellationToken));
                return;
            }

            Spill();
            ReturnBuffer();
            await using var whole = new FileStream(path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            structure = StoreRecords.Write(await analyzer.AnalyzeAsync(whole, cancellationToken));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw fault = StoreFaultException.From(error, "reading a message's structure");
        }
    }

    /// <summary>Waits for the disk. Once it has failed it fails for ever: a page that failed counts as clean afterwards, and a second fsync would say yes and mean nothing.</summary>
    /// <exception cref="StoreFaultException">The content is not durable.</exception>
    public void MakeDurable()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (fault is not null)
        {
            throw fault;
        }

        if (isDurable)
        {
            return;
        }

        if (structure is null)
        {
            throw new InvalidOperationException("The message is not complete.");
        }

        try
        {
            if (file is null)
            {
                place = numbers.Open();
                (file, path) = folders.CreateLink(place.Value);
                Spill();
                ReturnBuffer();
            }

            RandomAccess.FlushToDisk(file);
            counters.AddFileSync();
            isDurable = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StoreFaultException)
        {
            throw fault = StoreFaultException.From(error, "making a message durable");
        }
    }

    /// <summary>The number of the first link if the file is that already. Whoever asks records it, as a message's or as garbage: it is given once, and no more the draft's.</summary>
    public ulong? TakePlace()
    {
        if (place is null || isTaken || !isDurable)
        {
            return null;
        }

        isTaken = true;
        return place;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return ValueTask.CompletedTask;
        }

        isDisposed = true;
        ReturnBuffer();
        file?.Dispose();
        if (isTaken)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            if (path is not null)
            {
                File.Delete(path);
            }

            if (place is { } number)
            {
                numbers.Settle(number);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start removes it: it empties tmp, and asks about every number that was left open. Whoever disposes has nothing to answer.
            return ValueTask.CompletedTask;
        }

        return ValueTask.CompletedTask;
    }

    private void MustBeOpen()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (fault is not null)
        {
            throw fault;
        }

        if (structure is not null)
        {
            throw new InvalidOperationException("The message is complete.");
        }
    }

    private void Spill()
    {
        if (buffered > 0)
        {
            int count = buffered;
            buffered = 0;
            WriteThrough(buffer.AsSpan(0, count));
        }
    }

    private void WriteThrough(ReadOnlySpan<byte> octets)
    {
        try
        {
            if (file is null)
            {
                (file, path) = folders.CreateDraft();
            }

            RandomAccess.Write(file, octets, written);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw fault = StoreFaultException.From(error, "writing a message");
        }

        written += octets.Length;
        counters.AddOctets(octets.Length);
    }

    private void ReturnBuffer()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
