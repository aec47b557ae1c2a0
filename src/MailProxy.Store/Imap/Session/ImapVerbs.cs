using System.Collections.Frozen;
using MailProxy.Store.Imap.Commands;
using MailProxy.Store.Imap.Fetch;
using MailProxy.Store.Imap.Search;

namespace MailProxy.Store.Imap.Session;

/// <summary>Which verbs there are and when they are allowed (RFC 9051 6).</summary>
internal static class ImapVerbs
{
    private static readonly FrozenDictionary<string, ImapVerb> Table = new ImapVerb[]
    {
        new("CAPABILITY", ImapStates.Any, AnyTimeCommands.CapabilityAsync),
        new("NOOP", ImapStates.Any, AnyTimeCommands.NoopAsync),
        new("LOGOUT", ImapStates.Any, AnyTimeCommands.LogoutAsync),
        new("ID", ImapStates.Any, AnyTimeCommands.IdAsync),
        new("STARTTLS", ImapStates.NotAuthenticated, LoginCommands.StartTlsAsync),
        new("AUTHENTICATE", ImapStates.NotAuthenticated, LoginCommands.AuthenticateAsync),
        new("LOGIN", ImapStates.NotAuthenticated, LoginCommands.LoginAsync),
        new("ENABLE", ImapStates.LoggedIn, AnyTimeCommands.EnableAsync),
        new("NAMESPACE", ImapStates.LoggedIn, ListCommands.NamespaceAsync),
        new("LIST", ImapStates.LoggedIn, ListCommands.ListAsync),
        new("LSUB", ImapStates.LoggedIn, ListCommands.LsubAsync),
        new("SUBSCRIBE", ImapStates.LoggedIn, MailboxCommands.SubscribeAsync),
        new("UNSUBSCRIBE", ImapStates.LoggedIn, MailboxCommands.UnsubscribeAsync),
        new("CREATE", ImapStates.LoggedIn, MailboxCommands.CreateAsync),
        new("DELETE", ImapStates.LoggedIn, MailboxCommands.DeleteAsync),
        new("RENAME", ImapStates.LoggedIn, MailboxCommands.RenameAsync),
        new("STATUS", ImapStates.LoggedIn, StatusCommand.RunAsync),
        new("SELECT", ImapStates.LoggedIn, SelectCommands.SelectAsync),
        new("EXAMINE", ImapStates.LoggedIn, SelectCommands.ExamineAsync),
        new("APPEND", ImapStates.LoggedIn, AppendCommand.RunAsync),
        new("IDLE", ImapStates.LoggedIn, IdleCommand.RunAsync),
        new("CHECK", ImapStates.Selected, AnyTimeCommands.NoopAsync),
        new("CLOSE", ImapStates.Selected, SelectCommands.CloseAsync),
        new("UNSELECT", ImapStates.Selected, SelectCommands.UnselectAsync),
        new("EXPUNGE", ImapStates.Selected, ExpungeCommands.ExpungeAsync),
        new("UID EXPUNGE", ImapStates.Selected, ExpungeCommands.UidExpungeAsync),
        new("FETCH", ImapStates.Selected, FetchCommand.FetchAsync, KeepsNumbers: true),
        new("UID FETCH", ImapStates.Selected, FetchCommand.UidFetchAsync),
        new("STORE", ImapStates.Selected, StoreCommand.StoreAsync, KeepsNumbers: true),
        new("UID STORE", ImapStates.Selected, StoreCommand.UidStoreAsync),
        new("SEARCH", ImapStates.Selected, SearchCommand.SearchAsync, KeepsNumbers: true),
        new("UID SEARCH", ImapStates.Selected, SearchCommand.UidSearchAsync),
        new("COPY", ImapStates.Selected, CopyCommands.CopyAsync),
        new("UID COPY", ImapStates.Selected, CopyCommands.UidCopyAsync),
        new("MOVE", ImapStates.Selected, CopyCommands.MoveAsync),
        new("UID MOVE", ImapStates.Selected, CopyCommands.UidMoveAsync),
    }.ToFrozenDictionary(verb => verb.Name);

    /// <summary>All of them.</summary>
    public static IEnumerable<ImapVerb> All => Table.Values;

    /// <summary>The verb of that name, or null.</summary>
    public static ImapVerb? Find(string name) => Table.GetValueOrDefault(name);
}
