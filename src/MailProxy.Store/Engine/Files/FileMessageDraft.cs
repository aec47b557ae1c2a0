using System.Buffers;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Mime;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Store.Engine.Files;

/// <summary>A file in tmp. It stays there until it is disposed, with one more link for each mailbox it went to.</summary>
internal sealed class FileMessageDraft : IMessageDraft
{
    // A typical message is one write; thousands of drafts at a time stay below a hundred megabytes.
    private const int BufferOctets = 16 * 1024;

    private readonly SafeFileHandle file;
    private readonly IMessageAnalyzer analyzer;
    private readonly StoreCounters counters;
    private readonly long maxOctets;
    private byte[]? buffer;
    private int buffered;
    private long written;
    private byte[]? structure;
    private StoreFaultException? fault;
    private bool disposed;

    private FileMessageDraft(string path, SafeFileHandle file, IMessageAnalyzer analyzer, StoreCounters counters, long maxOctets)
    {
        Path = path;
        this.file = file;
        this.analyzer = analyzer;
        this.counters = counters;
        this.maxOctets = maxOctets;
    }

    /// <summary>The file in tmp.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public long Size => written + buffered;

    /// <summary>The structure as the database keeps it. Only of a completed draft.</summary>
    public byte[] StructureRecord => structure ?? throw new InvalidOperationException("The message is not complete.");

    /// <summary>For fsync. Only of a completed draft that is sound.</summary>
    public SafeFileHandle File
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return fault is not null ? throw fault : structure is not null ? file : throw new InvalidOperationException("The message is not complete.");
        }
    }

    /// <summary>Makes the file.</summary>
    public static FileMessageDraft Create(string path, IMessageAnalyzer analyzer, StoreCounters counters, long maxOctets)
    {
        SafeFileHandle file = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        return new(path, file, analyzer, counters, maxOctets);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        MustBeOpen();
        if (Size + octets.Length > maxOctets)
        {
            throw fault = new StoreFaultException(StoreFaultKind.Limit, $"A message can have {maxOctets} octets at most.");
        }

        buffer ??= ArrayPool<byte>.Shared.Rent(BufferOctets);
        if (buffered + octets.Length > buffer.Length)
        {
            await FlushAsync(cancellationToken);
        }

        if (octets.Length > buffer.Length)
        {
            await WriteThroughAsync(octets, cancellationToken);
            return;
        }

        octets.CopyTo(buffer.AsMemory(buffered));
        buffered += octets.Length;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        MustBeOpen();
        await FlushAsync(cancellationToken);
        ReturnBuffer();
        try
        {
            var content = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: true);
            await using (content)
            {
                structure = StoreRecords.Write(await analyzer.AnalyzeAsync(content, cancellationToken));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw fault = StoreFaultException.From(error, "reading a message's structure");
        }
    }

    /// <summary>Marks it as lost: its content may never reach the disk.</summary>
    public void GiveUp(StoreFaultException reason) => fault = reason;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return ValueTask.CompletedTask;
        }

        disposed = true;
        ReturnBuffer();
        file.Dispose();
        try
        {
            System.IO.File.Delete(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start empties tmp; whoever disposes has nothing to answer.
            return ValueTask.CompletedTask;
        }

        return ValueTask.CompletedTask;
    }

    private void MustBeOpen()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (fault is not null)
        {
            throw fault;
        }

        if (structure is not null)
        {
            throw new InvalidOperationException("The message is complete.");
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (buffered > 0)
        {
            int count = buffered;
            buffered = 0;
            await WriteThroughAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(file, octets, written, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw fault = StoreFaultException.From(error, "writing a message");
        }
        catch (OperationCanceledException)
        {
            fault = new StoreFaultException("Writing the message was cancelled.");
            throw;
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
