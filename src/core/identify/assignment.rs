//! Which pairs are part of some assignment of client flows to server flows (bipartite matching).
//!
//! An assignment gives each client flow one server flow or none, and no server flow to two. Only the largest assignments
//! count: files that are handed in together are of the same runs as far as nothing speaks against it.

/// Above this number of pairs no assignment is searched: every pair is possible then.
const MAX_PAIRS: usize = 20_000;

/// A client flow and a server flow, by index.
pub type Pair = (usize, usize);

/// The pairs that are part of some largest assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossiblePairs {
    /// For each client flow, the server flows.
    pub servers: Vec<Vec<usize>>,
    /// For each client flow, whether some largest assignment gives it no server flow.
    pub may_be_alone: Vec<bool>,
}

/// Finds the pairs that are part of some largest assignment.
///
/// `allowed` has for each client flow the server flows that may be its own. `excludes` tells whether two pairs cannot both be
/// true; it is applied to each pair and its rivals, not to all pairs of an assignment, so that a true pair is never lost.
pub fn possible_pairs(allowed: &[Vec<usize>], excludes: impl Fn(Pair, Pair) -> bool) -> PossiblePairs {
    let pairs: Vec<Pair> =
        (0..).zip(allowed).flat_map(|(client, servers)| servers.iter().map(move |server| (client, *server))).collect();
    if pairs.len() > MAX_PAIRS {
        return PossiblePairs { servers: allowed.to_vec(), may_be_alone: vec![true; allowed.len()] };
    }
    let rest = |fixed: Pair| {
        let goes_with =
            |client: usize, server: usize| client != fixed.0 && server != fixed.1 && !excludes(fixed, (client, server));
        matching_size(allowed, goes_with)
    };
    let sizes: Vec<usize> = pairs.iter().map(|pair| 1 + rest(*pair)).collect();
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let mut servers = vec![Vec::new(); allowed.len()];
    for ((client, server), _) in pairs.iter().zip(&sizes).filter(|(_, size)| **size == largest) {
        servers[*client].push(*server);
    }
    let may_be_alone =
        (0..allowed.len()).map(|client| matching_size(allowed, |other, _| other != client) >= largest).collect();
    PossiblePairs { servers, may_be_alone }
}

/// The size of the largest matching, by augmenting paths.
fn matching_size(allowed: &[Vec<usize>], usable: impl Fn(usize, usize) -> bool) -> usize {
    let servers = allowed.iter().flatten().max().map_or(0, |last| last + 1);
    let mut owner: Vec<Option<usize>> = vec![None; servers];
    let mut size = 0;
    for client in 0..allowed.len() {
        let mut visited = vec![false; servers];
        size += usize::from(augment(client, allowed, &usable, &mut owner, &mut visited));
    }
    size
}

/// Gives the client flow a server flow, moving others where that makes room.
fn augment(
    client: usize,
    allowed: &[Vec<usize>],
    usable: &impl Fn(usize, usize) -> bool,
    owner: &mut [Option<usize>],
    visited: &mut [bool],
) -> bool {
    for server in allowed[client].iter().copied().filter(|server| usable(client, *server)) {
        if std::mem::replace(&mut visited[server], true) {
            continue;
        }
        let makes_room = owner[server].is_none_or(|other| augment(other, allowed, usable, owner, visited));
        if makes_room {
            owner[server] = Some(client);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn possible(allowed: &[&[usize]]) -> PossiblePairs {
        let allowed: Vec<Vec<usize>> = allowed.iter().map(|servers| servers.to_vec()).collect();
        possible_pairs(&allowed, |_, _| false)
    }

    #[test]
    fn a_flow_that_only_one_can_own_is_taken_from_the_others() {
        let found = possible(&[&[0, 1], &[1]]);
        assert_eq!(found.servers, [vec![0], vec![1]]);
        assert_eq!(found.may_be_alone, [false, false]);
    }

    #[test]
    fn equals_stay_possible() {
        let found = possible(&[&[0, 1], &[0, 1]]);
        assert_eq!(found.servers, [vec![0, 1], vec![0, 1]]);
        assert_eq!(found.may_be_alone, [false, false]);
    }

    #[test]
    fn where_flows_are_missing_each_client_may_be_the_one_without() {
        let found = possible(&[&[0], &[0]]);
        assert_eq!(found.servers, [vec![0], vec![0]]);
        assert_eq!(found.may_be_alone, [true, true]);
        assert_eq!(possible(&[&[]]), PossiblePairs { servers: vec![vec![]], may_be_alone: vec![true] });
    }

    #[test]
    fn runs_one_after_the_other_are_not_exchanged() {
        let crosses = |(client, server): Pair, (other_client, other_server): Pair| {
            (client < other_client) != (server < other_server)
        };
        let allowed = vec![vec![0, 1, 2]; 3];
        assert_eq!(possible_pairs(&allowed, crosses).servers, [vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn agrees_with_trying_all_assignments() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let (clients, servers) = (random.usize(1..5), random.usize(1..5));
            let allowed: Vec<Vec<usize>> =
                (0..clients).map(|_| (0..servers).filter(|_| random.f64() < 0.6).collect()).collect();
            let mut all = Vec::new();
            enumerate(&allowed, &mut Vec::new(), &mut all);
            let size = |assignment: &[Option<usize>]| assignment.iter().flatten().count();
            let largest = all.iter().map(|assignment| size(assignment)).max().unwrap_or(0);
            all.retain(|assignment| size(assignment) == largest);
            let found = possible_pairs(&allowed, |_, _| false);
            for client in 0..clients {
                let some = |wanted: Option<usize>| all.iter().any(|assignment| assignment[client] == wanted);
                let expected: Vec<usize> = (0..servers).filter(|server| some(Some(*server))).collect();
                assert_eq!(
                    (&found.servers[client], found.may_be_alone[client]),
                    (&expected, some(None)),
                    "{allowed:?}"
                );
            }
        }
    }

    fn enumerate(allowed: &[Vec<usize>], taken: &mut Vec<Option<usize>>, all: &mut Vec<Vec<Option<usize>>>) {
        let Some(servers) = allowed.get(taken.len()) else {
            all.push(taken.clone());
            return;
        };
        for choice in servers.iter().copied().map(Some).chain([None]) {
            if choice.is_none() || !taken.contains(&choice) {
                taken.push(choice);
                enumerate(allowed, taken, all);
                taken.pop();
            }
        }
    }
}
