namespace MailProxy.Directory.Guard;

/// <summary>An attempt as the guard sees it.</summary>
/// <param name="User">What is held against the user; null: nothing is, it comes from an address from which the user lately logged in, or by a token.</param>
/// <param name="Address">From where.</param>
/// <param name="Hash">Keyed hash of what is held against the user; 0: not made yet.</param>
/// <param name="Guess">What makes it another than the next.</param>
/// <param name="Shared">The same for all nodes; null: this one counts by itself.</param>
/// <param name="IsByAddressOnly">A token: whoever shows wrong ones guesses nobody's password, and must not lock the owner of a password out.</param>
internal readonly record struct GuardedAttempt(Suspect? User, ClientPrefix? Address, ulong Hash, Guess Guess, ISharedAttempt? Shared, bool IsByAddressOnly = false);
