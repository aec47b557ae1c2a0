using MailProxy.Protocols.Imap;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Mime;
using MailProxy.Store.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Store.Imap.Session;

/// <summary>What one connection is and has; the commands change it. Used by one command at a time.</summary>
internal sealed class ImapSession(ImapWire wire, IStoreEngine engine, StoreAccess access, ImapServerOptions options, TimeProvider time, Action end)
{
    // Only what is really here: clients use what they read.
    private const string AfterLogin =
        "IMAP4rev1 LITERAL+ ID ENABLE NAMESPACE IDLE UNSELECT UIDPLUS MOVE CONDSTORE ESEARCH CHILDREN SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS STATUS=SIZE";

    private uint _treeUid;
    private MimeNode? _tree;

    /// <summary>The client.</summary>
    public ImapWire Wire => wire;

    /// <summary>The mail of everyone.</summary>
    public IStoreEngine Engine => engine;

    /// <summary>Who may log in.</summary>
    public StoreAccess Access => access;

    /// <summary>Limits and names.</summary>
    public ImapServerOptions Options => options;

    /// <summary>For events.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>For deadlines.</summary>
    public TimeProvider Time => time;

    /// <summary>The time of day, for messages that bring none.</summary>
    public DateTimeOffset Now => time.GetLocalNow();

    /// <summary>The connection's TLS at this moment.</summary>
    public ITlsFeature? Tls => wire.Connection.Features.Get<ITlsFeature>();

    /// <summary>The user's mail, once logged in.</summary>
    public IUserMail? Mail { get; set; }

    /// <summary>The session as moves see it, once logged in.</summary>
    public UserVisit? Visit { get; private set; }

    /// <summary>The selected mailbox.</summary>
    public SelectedMailbox? Selected { get; set; }

    /// <summary>True once the client used CONDSTORE (RFC 7162 3.1): every untagged FETCH then tells the mod-sequence.</summary>
    public bool IsCondstore { get; set; }

    /// <summary>The command under way.</summary>
    public string Tag { get; set; } = "*";

    /// <summary>The message of the APPEND under way, when it was not read with the command.</summary>
    public PendingLiteral? Literal { get; set; }

    /// <summary>Logins refused on this connection.</summary>
    public int FailedLogins { get; set; }

    /// <summary>What the peer called its session (ID x-session-id), for the log; empty when it did not.</summary>
    public string PeerSession { get; set; } = "";

    /// <summary>True when the session is to end after the command's answer.</summary>
    public bool IsEnding { get; set; }

    /// <summary>The present state.</summary>
    public ImapStates State => Mail is null ? ImapStates.NotAuthenticated : Selected is null ? ImapStates.Authenticated : ImapStates.Selected;

    /// <summary>What can be done in the present state.</summary>
    public string Capabilities => Mail is not null ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{AfterLogin} APPENDLIMIT={options.MessageLimit}") : BeforeLogin();

    /// <summary>The tree of the message whose parts were fetched last: clients fetch one part after the other.</summary>
    public MimeNode? TreeOf(uint uid) => Selected is not null && _treeUid == uid ? _tree : null;

    /// <summary>Remembers the tree of a message of the selected mailbox, if it was made.</summary>
    public void KeepTree(uint uid, MimeNode? tree)
    {
        if (tree is not null)
        {
            (_treeUid, _tree) = (uid, tree);
        }
    }

    /// <summary>Tells what changed in the selected mailbox.</summary>
    public void TellNews(bool mayExpunge) => Selected?.Tell(wire, mayExpunge, IsCondstore);

    /// <summary>Opens a user's mail. Engine faults are thrown, and leave nobody logged in.</summary>
    public async ValueTask LogInAsync(string user)
    {
        var visit = engine.Sessions.Enter(user, end, wire.Connection.Abort);
        try
        {
            Mail = await engine.OpenUserAsync(user, wire.Gone);
            ServedInterval.Follow(visit, "imap", Logger, time);
            Visit = visit;
        }
        finally
        {
            if (Visit is null)
            {
                visit.Dispose();
            }
        }
    }

    /// <summary>Leaves the selected mailbox.</summary>
    public async ValueTask UnselectAsync()
    {
        if (Selected is { } selected)
        {
            Selected = null;
            _tree = null;
            await selected.DisposeAsync();
        }
    }

    private string BeforeLogin()
    {
        var mechanisms = access.Mechanisms(Tls);
        return string.Concat(
            "IMAP4rev1 LITERAL+ ID SASL-IR",
            options.StartTls is not null && Tls is { IsEncrypted: false } ? " STARTTLS" : "",
            mechanisms.Contains("PLAIN") ? "" : " LOGINDISABLED",
            string.Concat(mechanisms.Select(name => " AUTH=" + name)));
    }
}
