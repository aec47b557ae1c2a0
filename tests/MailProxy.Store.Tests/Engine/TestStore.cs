using System.Text;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Engine;
using MailProxy.Store.Mime;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Engine;

/// <summary>A file store in a folder of its own, which goes with it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public const string Alice = "alice@example.org";
    public const string Bob = "bob@example.org";
    public const string Carol = "carol@example.org";

    private readonly FileStoreOptions options;
    private readonly TimeProvider time;
    private readonly IMessageAnalyzer analyzer = new SizeAnalyzer();
    private FileStoreEngine? engine;

    private TestStore(FileStoreOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
    }

    public string Data => options.Data;

    public FileStoreEngine Engine => engine ?? throw new InvalidOperationException("closed");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TestStore> OpenAsync(Action<FileStoreOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new FileStoreOptions { Data = Directory.CreateTempSubdirectory("mailproxy-store-").FullName };
        configure?.Invoke(options);
        var store = new TestStore(options, time ?? TimeProvider.System);
        await store.ReopenAsync();
        return store;
    }

    public async Task CloseAsync()
    {
        if (engine is not null)
        {
            await engine.DisposeAsync();
            engine = null;
        }
    }

    public async Task ReopenAsync()
    {
        await CloseAsync();
        engine = await FileStoreEngine.OpenAsync(options, analyzer, NullLogger.Instance, time, Stop);
    }

    /// <summary>The same folder, opened with another clock. This one must be closed.</summary>
    public async Task<TestStore> WithTimeAsync(TimeProvider other)
    {
        var store = new TestStore(options, other);
        await store.ReopenAsync();
        return store;
    }

    public async Task<IMessageDraft> DraftAsync(string content)
    {
        IMessageDraft draft = await Engine.BeginMessageAsync(Stop);
        try
        {
            await draft.WriteAsync(Encoding.Latin1.GetBytes(content), Stop);
            await draft.CompleteAsync(Stop);
            return draft;
        }
        catch
        {
            await draft.DisposeAsync();
            throw;
        }
    }

    public async Task DeliverAsync(string content, params string[] users)
    {
        await using IMessageDraft draft = await DraftAsync(content);
        await Engine.DeliverAsync(draft, users, Stop);
    }

    /// <summary>The same for a copy that is known by a digest. Who had it already.</summary>
    public async Task<IReadOnlyList<string>> DeliverOnceAsync(byte[] digest, string content, params string[] users)
    {
        await using IMessageDraft draft = await DraftAsync(content);
        return await Engine.DeliverAsync(draft, users, digest, Stop);
    }

    public async Task<uint> AppendAsync(IMailbox mailbox, string content, MessageFlags flags = MessageFlags.None, params string[] keywords)
    {
        await using IMessageDraft draft = await DraftAsync(content);
        return await mailbox.AppendAsync(draft, flags, keywords, new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(-7)), Stop);
    }

    public async Task<IMailbox> MailboxAsync(string user, string name = "INBOX")
    {
        IUserMail mail = await Engine.OpenUserAsync(user, Stop);
        IMailbox? mailbox = await mail.OpenAsync(name, Stop);
        Assert.NotNull(mailbox);
        return mailbox;
    }

    public static async Task<string?> ContentAsync(IMailbox mailbox, uint uid)
    {
        await using Stream? content = await mailbox.OpenContentAsync(uid, Stop);
        if (content is null)
        {
            return null;
        }

        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, Stop);
        return Encoding.Latin1.GetString(copy.ToArray());
    }

    public static IReadOnlyList<uint> Uids(IMailbox mailbox) => [.. mailbox.Snapshot.Messages.Select(message => message.Uid)];

    public string[] MessageFiles() => Directory.GetFiles(Path.Combine(Data, "messages"), "*", SearchOption.AllDirectories);

    public string[] DraftFiles() => Directory.GetFiles(Path.Combine(Data, "tmp"));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
