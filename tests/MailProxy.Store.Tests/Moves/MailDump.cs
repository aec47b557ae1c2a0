using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailProxy.Store.Engine;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Engine;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Everything of a user that a client could see, as text: two stores are compared by it.</summary>
internal static class MailDump
{
    public static async Task<string> OfAsync(TestStore store, string user)
    {
        var text = new StringBuilder();
        var mail = await store.Engine.OpenUserAsync(user, TestStore.Stop);
        foreach (var info in await mail.ListAsync(TestStore.Stop))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{info}");
            if (await mail.OpenAsync(info.Name, TestStore.Stop) is not { } mailbox)
            {
                continue;
            }

            await using (mailbox)
            {
                var snapshot = mailbox.Snapshot;
                text.AppendLine(CultureInfo.InvariantCulture, $"  {snapshot.UidValidity} {snapshot.UidNext} {snapshot.HighestModSeq}");
                foreach (var entry in snapshot.Messages)
                {
                    var structure = await mailbox.ReadStructureAsync(entry.Uid, TestStore.Stop);
                    var content = await TestStore.ContentAsync(mailbox, entry.Uid);
                    text.AppendLine(CultureInfo.InvariantCulture, $"  {entry.Uid} {entry.ModSeq} {entry.Flags} [{string.Join(' ', entry.Keywords)}] {entry.InternalDate:O} {entry.Size}");
                    text.AppendLine(CultureInfo.InvariantCulture, $"    {Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(content!)))} {Convert.ToHexString(structure!.Envelope)}");
                }
            }
        }

        foreach (var name in await mail.ListSubscriptionsAsync(TestStore.Stop))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"subscribed {name}");
        }

        await using var maildrop = await Maildrop.TryOpenAsync(store.Engine, new MaildropLocks(), user, TestStore.Stop);
        foreach (var number in maildrop!.Numbers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"UIDL {number} {maildrop.UniqueIdOf(number)}");
        }

        return text.ToString();
    }
}
