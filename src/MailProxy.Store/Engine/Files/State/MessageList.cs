using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>Work on lists of messages in UID order.</summary>
internal static class MessageList
{
    /// <summary>Index of a UID, or less than 0.</summary>
    public static int IndexOf(List<StoredMessage> messages, uint uid)
    {
        int low = 0;
        int high = messages.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            uint found = messages[middle].Entry.Uid;
            if (found == uid)
            {
                return middle;
            }

            if (found < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    /// <summary>
    /// Applies changes (null: the message is gone), new UIDs in ascending order. Idempotent: a message that is there is replaced, and one that is
    /// gone stays gone.
    /// </summary>
    public static void Apply(List<StoredMessage> messages, IEnumerable<KeyValuePair<uint, StoredMessage?>> changes)
    {
        HashSet<uint>? gone = null;
        foreach ((uint uid, StoredMessage? change) in changes)
        {
            if (change is not { } message)
            {
                (gone ??= []).Add(uid);
                continue;
            }

            int index = IndexOf(messages, uid);
            if (index >= 0)
            {
                messages[index] = message;
            }
            else if (messages.Count == 0 || messages[^1].Entry.Uid < uid)
            {
                messages.Add(message);
            }

            // Otherwise a load saw later messages but not this one: it is gone again, and its removal follows.
        }

        if (gone is not null)
        {
            messages.RemoveAll(message => gone.Contains(message.Entry.Uid));
        }
    }
}
